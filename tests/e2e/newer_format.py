"""Makes of a buffer what a newer release would have written: the same with a higher number of its format (docs/buffer-format.md)."""

SLOT = 4096


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return (crc ^ 0xFFFFFFFF).to_bytes(4, "little")


def newer_segment(buffer):
    segment = next(buffer.glob("seg-*.log"))
    data = bytearray(segment.read_bytes())
    end = 16 + int.from_bytes(data[12:16], "little")
    assert crc32c(data[:end]) == bytes(data[end:end + 4]), "this test does not know the segment header"
    data[8:10] = (3).to_bytes(2, "little")
    data[end:end + 4] = crc32c(data[:end])
    segment.write_bytes(data)


def newer_slots(buffer):
    data = bytearray((buffer / "ack").read_bytes())
    for slot in (data[:SLOT], data[SLOT:]):
        assert crc32c(slot[:-4]) == bytes(slot[-4:]), "a slot's crc, as this test knows it"
    for at in (0, SLOT):
        data[at + 4:at + 6] = (2).to_bytes(2, "little")
        data[at + SLOT - 4:at + SLOT] = crc32c(data[at:at + SLOT - 4])
    (buffer / "ack").write_bytes(data)
