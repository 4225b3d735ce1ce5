"""Makes of a buffer what another release would have written: the same with another number of its format (docs/buffer-format.md)."""

SECOND_SLOT = 32768
SEGMENT_HEAD, SLOT_HEAD = 16, 20


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return (crc ^ 0xFFFFFFFF).to_bytes(4, "little")


def set_version(data, begin, head, version_at, version):
    """Of a part whose head ends with the length of what follows it, up to its crc."""
    end = begin + head + int.from_bytes(data[begin + head - 4:begin + head], "little")
    assert crc32c(data[begin:end]) == bytes(data[end:end + 4]), "this test does not know the format"
    data[begin + version_at:begin + version_at + 2] = version.to_bytes(2, "little")
    data[end:end + 4] = crc32c(data[begin:end])


def foreign_segment(buffer, version):
    segment = max(buffer.glob("seg-*.log"))
    data = bytearray(segment.read_bytes())
    set_version(data, 0, SEGMENT_HEAD, 8, version)
    segment.write_bytes(data)
    return segment


def foreign_slots(buffer, version):
    ack = buffer / "ack"
    data = bytearray(ack.read_bytes())
    for begin in (0, SECOND_SLOT):
        set_version(data, begin, SLOT_HEAD, 4, version)
    ack.write_bytes(data)
    return ack
