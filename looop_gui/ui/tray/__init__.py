"""The icon in the tray of the desktop, and the notes that it shows."""
