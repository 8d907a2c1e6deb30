"""The reserve on the disk is kept once, and given up once."""

from pathlib import Path

from looop_gui.store.reserve import FILE_NAME, SIZE, give_up_reserve, keep_reserve


def test_the_reserve_is_kept_and_given_up(tmp_path: Path) -> None:
    assert keep_reserve(tmp_path)
    assert (tmp_path / FILE_NAME).stat().st_size == SIZE
    before = (tmp_path / FILE_NAME).stat().st_mtime_ns

    assert keep_reserve(tmp_path)
    assert (tmp_path / FILE_NAME).stat().st_mtime_ns == before
    assert give_up_reserve(tmp_path)
    assert not (tmp_path / FILE_NAME).exists()
    assert not give_up_reserve(tmp_path)


def test_where_there_is_no_room_nothing_is_left(tmp_path: Path) -> None:
    assert not keep_reserve(tmp_path / "missing")
    assert list(tmp_path.iterdir()) == []
