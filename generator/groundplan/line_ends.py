"""Line ends of files: a team may keep those of Windows."""


def is_windows(content: bytes) -> bool:
    """Whether most lines end in CRLF: one that was pasted in does not count."""
    return content.count(b"\r\n") * 2 > content.count(b"\n")


def as_windows(content: bytes) -> bytes:
    """A text with all of its lines ending in CRLF."""
    return content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
