"""Compares the decoder with what a disassembler prints."""

import ctypes
import re
import subprocess
from pathlib import Path

INSTRUCTIONS = Path(__file__).resolve().parent.parent / "instructions"
HEADER = (INSTRUCTIONS / "decoder.h").read_text()
CLASSES, DETAILS = (
    re.findall(r"X\((\w+)\)", re.search(rf"#define {name}\(X\)((?:.*\\\n)*.*)", HEADER)[1]) for name in ("CLASSES", "DETAILS")
)
LINE = re.compile(r"^\s*[0-9a-f]+:\s+((?:[0-9a-f]{2} ){4}|[0-9a-f]{8})\s+(\S+)\s*(.*)$")
BRANCHES = re.compile(r"(b|bl|br|blr|ret|cbn?z|tbn?z|b\.\w+|(bl?|re)r?a[ab]z?|reta[ab]|eret)$")
ATOMIC = re.compile(r"(st|ld)(add|clr|eor|set|[su]max|[su]min)(a|l|al)?[bh]?$|swp|cas")
MULTIPLY_ADD = re.compile(r"(fml[as]|ml[as]|[su]ml[as]l2?)$")


def expected(mnemonic, operands):
    """The class by the disassembler's text."""
    arrangement = re.search(r"v\d+\.(\d+)?([bhsd])", operands)
    if BRANCHES.match(mnemonic):
        return "branch"
    if ATOMIC.match(mnemonic) or mnemonic.startswith("st"):
        return "store"
    if mnemonic.startswith("ld"):
        return "load"
    if arrangement and re.match("[su]dot$", mnemonic):
        return "dot_128" if arrangement[1] == "4" else "dot_64"
    if arrangement and arrangement[1] and MULTIPLY_ADD.match(mnemonic):
        if mnemonic.startswith("f"):
            return {"s": "fma_f32x", "d": "fma_f64x", "h": "fma_f16x"}[arrangement[2]] + arrangement[1]
        bits = int(arrangement[1]) * {"b": 8, "h": 16, "s": 32, "d": 64}[arrangement[2]]
        is_long = mnemonic[0] in "su"
        return "fma_int_128" if (mnemonic.endswith("2") if is_long else bits == 128) else "fma_int_64"
    is_vector = re.search(r"\b[vbhsdq]\d+\b", operands) and mnemonic not in ("prfm", "prfum", "msr", "mrs", "sys", "hint")
    return "vector" if is_vector else "other"


def expected_details(kind, mnemonic, operands):
    """By the disassembler's text, for an instruction of that class: how often it does what has a name, where that isn't never."""
    if mnemonic == "mov" and re.match(r"v\d+\.[bhsd]\[\d+\], [wx]", operands):
        return {"insert": 1}
    registers = re.findall(r"\b([vbhsdq])\d+(?:\.(\d*)([bhsd]))?", operands.partition("[")[0])
    if kind not in ("load", "store") or not registers or mnemonic.startswith("prf"):
        return {}
    (name, lanes, element), *_ = registers
    bits = int(lanes or 1) * {"b": 8, "h": 16, "s": 32, "d": 64, "q": 128}[element or name]
    is_wide = bits == 128 and not re.match(r"ld\dr$", mnemonic)
    return {f"{kind}_{128 if is_wide else 64}": len(registers)}


def check(program, folder):
    """The number of words compared, and of each disagreement an example."""
    library = folder / "decoder.so"
    command = ["clang", "-O2", "-Wall", "-Wextra", "-shared", "-fPIC", INSTRUCTIONS / "decoder.c", "-o", library]
    subprocess.run(command, check=True)
    decoder = ctypes.CDLL(library)
    classify = decoder.classify
    classify.argtypes = [ctypes.c_uint32]
    counts = (ctypes.c_int * len(DETAILS))()
    text = subprocess.run(["llvm-objdump", "-d", "--mattr=+all", program], check=True, capture_output=True, text=True).stdout
    words, wrong = {}, {}
    for line in text.splitlines():
        if (match := LINE.match(line)) and match[2] not in ("<unknown>", "udf", ".word"):
            raw = match[1].split()
            word = int("".join(reversed(raw)) if len(raw) == 4 else raw[0], 16)
            # The groups of scalable vectors and matrices, which no board here has.
            if word >> 25 & 15 not in (0, 2):
                words[word] = match[2], match[3]
    for word, (mnemonic, operands) in words.items():
        ours, theirs = CLASSES[classify(word)], expected(mnemonic, operands)
        if ours != theirs:
            wrong.setdefault((mnemonic, ours, theirs), f"{word:08x} {mnemonic} {operands}: {ours}, not {theirs}")
        decoder.detail(ctypes.c_uint32(word), counts)
        ours = {name: count for name, count in zip(DETAILS, counts) if count}
        theirs = expected_details(theirs, mnemonic, operands)
        if ours != theirs:
            wrong.setdefault((mnemonic, str(ours), str(theirs)), f"{word:08x} {mnemonic} {operands}: {ours}, not {theirs}")
    return len(words), list(wrong.values())
