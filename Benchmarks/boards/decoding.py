"""Compares the decoder with what a disassembler prints."""

import ctypes
import re
import subprocess
from pathlib import Path

INSTRUCTIONS = Path(__file__).resolve().parent.parent / "instructions"
CLASSES = re.findall(r"X\((\w+)\)", (INSTRUCTIONS / "decoder.h").read_text().partition("CLASSES(X)")[2])
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


def check(program, folder):
    """The number of words compared, and of each disagreement an example."""
    library = folder / "decoder.so"
    command = ["clang", "-O2", "-Wall", "-Wextra", "-shared", "-fPIC", INSTRUCTIONS / "decoder.c", "-o", library]
    subprocess.run(command, check=True)
    classify = ctypes.CDLL(library).classify
    classify.argtypes = [ctypes.c_uint32]
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
    return len(words), list(wrong.values())
