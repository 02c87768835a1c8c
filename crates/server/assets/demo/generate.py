#!/usr/bin/env python3
"""Draws the two sample files that aren't plain text: `Harbour.png` and `Driveway in one page.pdf`.

Needs Python alone. The same script gives the same bytes, so that a change of a sample is a change of this file.
"""

import math
import pathlib
import struct
import zlib

HERE = pathlib.Path(__file__).parent


# --- The picture ------------------------------------------------------------------------------------------------------

WIDTH, HEIGHT = 800, 500
HORIZON = 300


def mix(a, b, share):
    share = min(1.0, max(0.0, share))
    return tuple(x + (y - x) * share for x, y in zip(a, b))


def gradient(stops, position):
    for (start, first), (end, second) in zip(stops, stops[1:]):
        if position <= end:
            return mix(first, second, (position - start) / (end - start))
    return stops[-1][1]


SKY = [(0.0, (84, 126, 150)), (0.45, (158, 184, 184)), (0.8, (243, 208, 170)), (1.0, (250, 190, 146))]
SEA = [(0.0, (214, 170, 144)), (0.18, (124, 152, 160)), (1.0, (28, 66, 84))]
SUN = (560, 262, 34)

# Hills from the farthest to the nearest: base height, waves as (height, length, shift), colour.
HILLS = [
    (252, [(16, 190, 0.4), (7, 71, 1.9)], (150, 158, 168)),
    (274, [(15, 150, 2.2), (6, 53, 0.3)], (108, 128, 142)),
    (291, [(9, 120, 4.0), (4, 37, 1.1)], (66, 94, 108)),
]

# Boats as (middle, waterline, scale).
BOATS = [(250, 338, 1.0), (372, 318, 0.55), (655, 352, 1.25)]


def ridge(base, waves, x):
    return base - sum(height * (0.5 + 0.5 * math.sin(x / length * math.tau + shift)) for height, length, shift in waves)


def boat(x, y, boats=BOATS):
    """The colour of a boat at this point, or nothing."""
    for middle, line, scale in boats:
        dx, dy = (x - middle) / scale, (y - line) / scale
        if 0 <= dy <= 9 and abs(dx) <= 30 - dy * 1.1:
            return (58, 42, 46) if dy > 2 else (236, 226, 210)
        if -70 <= dy < -3:
            if abs(dx + 1) <= 0.9:
                return (58, 42, 46)
            lift = (dy + 70) / 67
            if 1 < dx <= 1 + 30 * lift ** 1.3 and dy < -6:
                return (250, 242, 228)
            if -22 * lift ** 1.4 <= dx < -2 and dy > -58 and dy < -6:
                return (206, 106, 80)
    return None


def sky(x, y):
    colour = gradient(SKY, y / HORIZON)
    cx, cy, radius = SUN
    away = math.hypot(x - cx, y - cy)
    colour = mix((255, 226, 180), colour, min(1.0, (away - radius) / 190) ** 0.6 if away > radius else 0.0)
    if away <= radius:
        colour = mix(colour, (255, 244, 214), min(1.0, radius - away))
    for base, waves, shade in HILLS:
        depth = y - ridge(base, waves, x)
        if depth > 0:
            haze = mix(shade, (226, 190, 164), max(0.0, 1 - (HORIZON - y) / 34) * 0.45)
            colour = mix(colour, haze, depth)
    return colour


def sea(x, y):
    depth = (y - HORIZON) / (HEIGHT - HORIZON)
    colour = gradient(SEA, depth)
    wave = math.sin(y * (1.9 - depth) + math.sin(x / (30 + 90 * depth) + y * 0.7) * (1.2 + depth))
    colour = mix(colour, (238, 214, 190), 0.10 * max(0.0, wave) * (1 - depth * 0.6))
    spread = 26 + 70 * depth
    glow = math.exp(-(((x - SUN[0]) / spread) ** 2)) * (0.75 - 0.55 * depth)
    return mix(colour, (255, 216, 170), glow * (0.55 + 0.45 * wave))


def pixel(x, y):
    found = boat(x, y)
    if found:
        return found
    if y < HORIZON:
        return sky(x, y)
    colour = sea(x, y)
    # A boat's mirror image, broken by the waves.
    for one in BOATS:
        _, line, scale = one
        below = y - line - 9 * scale
        if 0 < below < 60 * scale:
            wobble = 3 * math.sin(y * 0.9)
            mirrored = boat(x + wobble, line - below * 1.1, [one])
            if mirrored:
                return mix(colour, mirrored, 0.38 * (1 - below / (60 * scale)))
    return colour


def smooth_pixel(x, y):
    """Four samples a pixel: edges without stairs."""
    samples = [pixel(x + dx, y + dy) for dx in (0.25, 0.75) for dy in (0.25, 0.75)]
    return tuple(sum(sample[channel] for sample in samples) / 4 for channel in range(3))


def filtered(row, above):
    """The PNG filter that leaves the smallest numbers: smooth pictures compress well after it."""
    candidates = []
    for kind in range(5):
        line = bytearray([kind])
        for index, value in enumerate(row):
            left = row[index - 3] if index >= 3 else 0
            up = above[index]
            corner = above[index - 3] if index >= 3 else 0
            guess = left + up - corner
            nearest = min((abs(guess - left), 0, left), (abs(guess - up), 1, up), (abs(guess - corner), 2, corner))[2]
            line.append((value - (0, left, up, (left + up) // 2, nearest)[kind]) & 255)
        candidates.append(line)
    return min(candidates, key=lambda line: sum(min(value, 256 - value) for value in line[1:]))


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def picture():
    rows, above = bytearray(), bytes(WIDTH * 3)
    for y in range(HEIGHT):
        row = bytearray()
        for x in range(WIDTH):
            # Steps of four keep the file small; the eye doesn't see them at this size.
            row += bytes(min(255, int(value / 4 + 0.5) * 4) for value in smooth_pixel(x, y))
        rows += filtered(row, above)
        above = bytes(row)
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(bytes(rows), 9))
        + chunk(b"IEND", b"")
    )


# --- The document -----------------------------------------------------------------------------------------------------

# Font, size, space above, text. The standard fonts need no embedding.
PAGE = [
    ("bold", 30, 0, "Driveway in one page"),
    ("plain", 13, 12, "A place to keep files, and to hand out keys to them."),
    ("bold", 15, 34, "A link is a key"),
    ("plain", 12, 8, "Whoever holds it can open one file or one folder, and nothing beside it."),
    ("plain", 12, 4, "It says what its holder may do, who may hold it, and until when."),
    ("bold", 15, 28, "View, edit, embed"),
    ("plain", 12, 8, "View: look at the file and download it."),
    ("plain", 12, 4, "Edit: replace its content as well."),
    ("plain", 12, 4, "Embed: show it inside another page, without the page around it."),
    ("bold", 15, 28, "One kind, one link"),
    ("plain", 12, 8, "Ask twice for the same kind of link and you get the same address."),
    ("plain", 12, 4, "So there are never thirteen keys to one door."),
    ("bold", 15, 28, "Gone means gone"),
    ("plain", 12, 8, "Delete a link and the next visitor is turned away, wherever they are."),
    ("plain", 12, 4, "An expired link, a deleted one and one that never was look the same from outside."),
    ("bold", 15, 28, "What a page says, it shows at once"),
    ("plain", 12, 8, "Name, size, owner, the day the link ends, and a button that says Download."),
    ("plain", 12, 4, "No sign-up, no script, nothing loaded from anywhere else."),
    ("bold", 15, 28, "What was saved, stays saved"),
    ("plain", 12, 8, "When the server has said yes, the bytes are on the disk. Pull the plug and see."),
]


def content():
    out = [
        # A band of colour above, a road with its lane beneath the title.
        "0.047 0.353 0.333 rg 0 782 595 60 re f",
        "0.561 0.847 0.800 RG 3 w [20 13.154] 0 d 72 812 m 523 812 l S [] 0 d",
    ]
    y = 722
    for font, size, space, text in PAGE:
        y -= space + size * (1.0 if space else 0)
        escaped = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
        colour = "0.047 0.353 0.333" if font == "bold" else "0.12 0.16 0.15"
        out.append(f"BT {colour} rg /{font} {size} Tf 72 {y:.1f} Td ({escaped}) Tj ET")
    out.append("0.835 0.863 0.847 RG 0.8 w 72 96 m 523 96 l S")
    out.append("BT 0.35 0.41 0.39 rg /plain 10 Tf 72 76 Td (A sample file of the Driveway demo. Share it.) Tj ET")
    return "\n".join(out).encode("ascii")


def document():
    stream = content()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /Lang (en) /ViewerPreferences << /DisplayDocTitle true >> >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /plain 5 0 R /bold 6 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>",
        b"<< /Title (Driveway in one page) /Author (Driveway) >>",
    ]
    out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    # Every entry of the table is twenty bytes, with its line end.
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    for place in places:
        out += b"%010d 00000 n \n" % place
    out += b"trailer\n<< /Size %d /Root 1 0 R /Info 7 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
    return bytes(out)


if __name__ == "__main__":
    (HERE / "Harbour.png").write_bytes(picture())
    (HERE / "Driveway in one page.pdf").write_bytes(document())
