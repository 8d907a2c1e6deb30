"""A storage in memory: dictionaries for ids, indexed values and membership both ways."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence

from msgspec.structs import replace

from looop_gui.mockserver.storage.protocol import IndexKey, Record, Reference


class MemoryStorage:
    """Keeps everything in dictionaries; nothing survives the process."""

    durable = False

    def __init__(self) -> None:
        self._types: dict[str, _TypeTable] = {}
        self._records: dict[str, Record] = {}
        self._keys: dict[str, tuple[IndexKey, ...]] = {}
        self._members: dict[str, dict[str, None]] = {}
        self._groups: dict[str, dict[str, None]] = {}
        self._settings: dict[str, str] = {}
        self._last = 0
        self._undo: list[Callable[[], object]] | None = None

    @property
    def uncommitted(self) -> bool:
        """Never: a write in memory is as durable as it will be."""
        return False

    def commit(self) -> None:
        """Nothing to do."""

    def begin_change(self) -> None:
        """Begin to note how each write is undone."""
        self._undo = []

    def end_change(self, *, keep: bool) -> None:
        """Forget the notes, or undo the writes, the last one first."""
        undo, self._undo = self._undo, None
        if not keep and undo:
            for step in reversed(undo):
                step()

    def close(self) -> None:
        """Nothing to do."""

    # Resources

    def get(self, resource_type: str, resource_id: str) -> Record | None:
        """The resource with that id."""
        record = self._records.get(resource_id)
        return record if record is not None and record.resource_type == resource_type else None

    def find(self, resource_type: str, attribute: str, value: str) -> Sequence[Record]:
        """The resources with that value in an indexed attribute, oldest first."""
        table = self._types.get(resource_type)
        if table is None:
            return ()
        return [self._records[resource_id] for resource_id in table.holding(attribute, value)]

    def page(self, resource_type: str, offset: int, limit: int) -> Sequence[Record]:
        """Resources from a zero-based offset, oldest first."""
        table = self._types.get(resource_type)
        if table is None:
            return ()
        return [self._records[one] for one in table.ordered()[offset : offset + limit]]

    def scan(self, resource_type: str) -> Iterator[Record]:
        """All resources, oldest first."""
        table = self._types.get(resource_type)
        if table is not None:
            for resource_id in tuple(table.ids):
                record = self._records.get(resource_id)
                if record is not None:  # a slow reader may come after a delete
                    yield record

    def count(self, resource_type: str) -> int:
        """How many resources there are."""
        table = self._types.get(resource_type)
        return len(table.ids) if table is not None else 0

    def insert(self, record: Record, keys: Iterable[IndexKey]) -> Record:
        """Add a new resource."""
        table = self._types.get(record.resource_type)
        if table is None:
            table = self._types[record.resource_type] = _TypeTable()
        self._last += 1
        resource_id = record.id
        placed = replace(record, position=self._last)
        self._records[resource_id] = placed
        table.append(resource_id)
        self._keys[resource_id] = kept = tuple(keys)
        table.add_keys(resource_id, kept)
        self._note(lambda: self._forget(placed))
        return placed

    def update(self, record: Record, keys: Iterable[IndexKey]) -> None:
        """Put a record in place of the one with its id."""
        before, keys_before = self._records[record.id], self._keys[record.id]
        self._replace(record, tuple(keys))
        self._note(lambda: self._replace(before, keys_before))

    def delete(self, record: Record) -> None:
        """Remove a resource and its memberships."""
        for group_id in tuple(self._groups.get(record.id, ())):
            self.remove_members(group_id, (record.id,))
        self.clear_members(record.id)
        before, keys = self._records[record.id], self._keys[record.id]
        self._forget(record)
        self._note(lambda: self._restore(before, keys))

    def _replace(self, record: Record, keys: tuple[IndexKey, ...]) -> None:
        self._records[record.id] = record
        before = self._keys[record.id]
        if keys != before:
            table = self._types[record.resource_type]
            table.remove_keys(record.id, before)
            table.add_keys(record.id, keys)
            self._keys[record.id] = keys

    def _forget(self, record: Record) -> None:
        table = self._types[record.resource_type]
        table.remove_keys(record.id, self._keys.pop(record.id))
        table.remove(record.id)
        del self._records[record.id]

    def _restore(self, record: Record, keys: tuple[IndexKey, ...]) -> None:
        table = self._types[record.resource_type]
        self._records[record.id] = record
        self._keys[record.id] = keys
        table.append(record.id)
        table.reorder(lambda one: self._records[one].position)
        table.add_keys(record.id, keys)

    def _note(self, step: Callable[[], object]) -> None:
        if self._undo is not None:
            self._undo.append(step)

    # Membership

    def reference(self, resource_id: str) -> Reference | None:
        """What a member value points to."""
        record = self._records.get(resource_id)
        if record is None:
            return None
        return Reference(record.id, record.resource_type, record.display)

    def members(self, group_id: str) -> Sequence[Reference]:
        """The direct members of a group."""
        return [self._refer(one) for one in self._members.get(group_id, ())]

    def has_more_members(self, group_id: str, number: int) -> bool:
        """True when a group has more direct members than a number."""
        return len(self._members.get(group_id, ())) > number

    def add_members(self, group_id: str, member_ids: Iterable[str]) -> int:
        """Add members to a group, resources or not."""
        members = self._members.setdefault(group_id, {})
        added = [one for one in dict.fromkeys(member_ids) if one not in members]
        for member_id in added:
            members[member_id] = None
            self._groups.setdefault(member_id, {})[group_id] = None
        if added:
            self._note(lambda: self.remove_members(group_id, added))
        return len(added)

    def remove_members(self, group_id: str, member_ids: Iterable[str]) -> int:
        """Take members out of a group."""
        members = self._members.get(group_id, {})
        removed = [one for one in dict.fromkeys(member_ids) if one in members]
        for member_id in removed:
            del members[member_id]
            del self._groups[member_id][group_id]
        if removed:
            self._note(lambda: self.add_members(group_id, removed))
        return len(removed)

    def clear_members(self, group_id: str) -> int:
        """Take all members out of a group."""
        return self.remove_members(group_id, tuple(self._members.get(group_id, ())))

    def groups_of(self, record: Record) -> Sequence[Reference]:
        """The groups a resource belongs to, the direct ones first."""
        direct = self._groups.get(record.id)
        if not direct:
            return ()
        found = [self._refer(one) for one in direct]
        seen = set(direct)
        queue = deque(direct)
        while queue:
            for group_id in self._groups.get(queue.popleft(), ()):
                if group_id not in seen:
                    seen.add(group_id)
                    queue.append(group_id)
                    found.append(self._refer(group_id, direct=False))
        return found

    def groups_holding(self, member_ids: Iterable[str]) -> Sequence[Record]:
        """The groups that have one of these as a direct member."""
        held = dict.fromkeys(
            group_id for one in member_ids for group_id in self._groups.get(one, ())
        )
        return [self._records[group_id] for group_id in held]

    def _refer(self, resource_id: str, *, direct: bool = True) -> Reference:
        record = self._records.get(resource_id)
        if record is None:
            return Reference(resource_id, "", "", direct)
        return Reference(record.id, record.resource_type, record.display, direct)

    # Settings

    def read_setting(self, name: str) -> str | None:
        """A setting of the tenant."""
        return self._settings.get(name)

    def write_setting(self, name: str, value: str) -> None:
        """Keep a setting of the tenant."""
        self._settings[name] = value


class _TypeTable:
    """The resources of one type: their order and their indexed values."""

    __slots__ = ("_index", "_ordered", "ids")

    def __init__(self) -> None:
        self.ids: dict[str, None] = {}
        # By attribute and value; most values have one resource, which needs no collection.
        self._index: dict[str, dict[str, str | dict[str, None]]] = {}
        self._ordered: list[str] | None = []

    def append(self, resource_id: str) -> None:
        self.ids[resource_id] = None
        if self._ordered is not None:
            self._ordered.append(resource_id)

    def remove(self, resource_id: str) -> None:
        del self.ids[resource_id]
        if self._ordered and self._ordered[-1] == resource_id:
            self._ordered.pop()
        else:
            self._ordered = None

    def reorder(self, place: Callable[[str], int]) -> None:
        """Bring the ids back in the order of their places."""
        self.ids = dict.fromkeys(sorted(self.ids, key=place))
        self._ordered = None

    def ordered(self) -> list[str]:
        """The ids as a list, made anew after a removal."""
        if self._ordered is None:
            self._ordered = list(self.ids)
        return self._ordered

    def add_keys(self, resource_id: str, keys: tuple[IndexKey, ...]) -> None:
        for attribute, value in keys:
            values = self._index.get(attribute)
            if values is None:
                values = self._index[attribute] = {}
            entry = values.get(value)
            if entry is None:
                values[value] = resource_id
            elif isinstance(entry, dict):
                entry[resource_id] = None
            elif entry != resource_id:
                values[value] = {entry: None, resource_id: None}

    def remove_keys(self, resource_id: str, keys: tuple[IndexKey, ...]) -> None:
        for attribute, value in keys:
            values = self._index.get(attribute, {})
            entry = values.get(value)
            if isinstance(entry, dict):
                entry.pop(resource_id, None)
            if entry == resource_id or entry == {}:
                del values[value]

    def holding(self, attribute: str, value: str) -> Iterable[str]:
        """The ids with that value, oldest first."""
        entry = self._index.get(attribute, {}).get(value, ())
        return (entry,) if isinstance(entry, str) else entry
