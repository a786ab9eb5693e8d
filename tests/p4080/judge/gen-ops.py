#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Write the table of instructions for the operand judge as PowerPC assembly.

Register use: r3 (and f1) target, r4, r5, r6 (f2, f3, f4) sources; memory forms use r7 as base and
r8 as index. Every entry is a routine: the instruction, then blr.
"""

INT3 = "add addc adde subf subfc subfe mullw divw divwu and andc or orc xor nand nor eqv slw srw sraw"
NO_OE = "mulhw mulhwu and andc or orc xor nand nor eqv slw srw sraw"
INT2 = "addme addze subfme subfze neg"
UNARY = "extsb extsh cntlzw"
IMM = [0, 1, -1, 0x7fff, -0x8000, 0x1234, -0x5678]
UIMM = [0, 1, 0xffff, 0x8000, 0x1234]
ROT = [(0, 0, 31), (1, 0, 30), (31, 1, 31), (5, 20, 3), (16, 16, 31), (8, 24, 31), (13, 31, 0)]


def integer():
    for op in INT3.split():
        yield f"{op} 3,4,5"
        yield f"{op}. 3,4,5"
        yield f"{op} 3,3,4"
        if op not in NO_OE.split():
            yield f"{op}o 3,4,5"
            yield f"{op}o. 3,4,5"
    for op in "mulhw mulhwu".split():
        yield f"{op} 3,4,5"
        yield f"{op}. 3,4,5"
    for op in INT2.split():
        for suffix in ("", ".", "o", "o."):
            yield f"{op}{suffix} 3,4"
    for op in UNARY.split():
        yield f"{op} 3,4"
        yield f"{op}. 3,4"
    for v in IMM:
        for op in "addi addic addic. addis subfic mulli".split():
            yield f"{op} 3,4,{v}"
        yield f"cmpwi 3,4,{v}"
    yield "li 3,-77"
    yield "lis 3,-77"
    for v in UIMM:
        for op in "andi. andis. ori oris xori xoris".split():
            yield f"{op} 3,4,{v}"
        yield f"cmplwi 2,4,{v}"
    for field in (0, 1, 7):
        yield f"cmpw {field},4,5"
        yield f"cmplw {field},4,5"
    for sh, mb, me in ROT:
        for suffix in ("", "."):
            yield f"rlwinm{suffix} 3,4,{sh},{mb},{me}"
            yield f"rlwimi{suffix} 3,4,{sh},{mb},{me}"
            yield f"rlwnm{suffix} 3,4,5,{mb},{me}"
    for sh in (0, 1, 15, 31):
        yield f"srawi 3,4,{sh}"
        yield f"srawi. 3,4,{sh}"
    for bit in (0, 1, 2, 3, 13, 31):
        yield f"isel 3,4,5,{bit}"
        yield f"isel 3,0,5,{bit}"


def condition():
    for op in "crand crandc creqv crnand crnor cror crorc crxor".split():
        for bits in ((0, 1, 2), (31, 5, 5), (13, 20, 30), (3, 3, 4)):
            yield f"{op} {bits[0]},{bits[1]},{bits[2]}"
    yield "mcrf 0,7"
    yield "mcrf 6,1"
    yield "mcrxr 5"
    yield "mfcr 3"
    for mask in (0xff, 0x80, 0x01, 0x5a):
        yield f"mtcrf {mask},4"
    for mask in (0x80, 0x10, 0x01):
        yield f"mfocrf 3,{mask}"
        yield f"mtocrf {mask},4"
    yield "mfxer 3"
    yield "mtxer 4"
    yield "mfctr 3"
    for bo in (0, 2, 4, 8, 10, 12, 16, 18, 20):
        for bi in (0, 2, 17):
            yield f"bc {bo},{bi},.+8; addi 3,3,1"
    for bo in (4, 12, 20):
        yield f"mtctr 12; bcctr {bo},5; addi 3,3,1"
    yield "mflr 12; mtlr 11; bclr 12,1; addi 3,3,1; mtlr 12"


def memory():
    for op in "lbz lhz lha lwz lfs lfd stb sth stw stfs stfd".split():
        reg = 1 if "f" in op else 3
        for off in (0, 1, 3, 8, -5):
            yield f"{op} {reg},{off}(7)"
        yield f"{op}u {reg},12(7)"
        yield f"{op}u {reg},-3(7)"
        yield f"{op}x {reg},7,8"
        yield f"{op}ux {reg},7,8"
    for op in "lhbrx lwbrx sthbrx stwbrx".split():
        yield f"{op} 3,7,8"
    yield "stfiwx 1,7,8"
    yield "lmw 27,16(10); stmw 27,40(10)"
    yield "lwarx 3,0,10; stwcx. 4,0,10"
    yield "lwarx 3,0,10; addi 9,10,4; stwcx. 4,0,9"
    yield "stwcx. 4,0,10"
    yield "dcbz 0,10"


def floating():
    for op in "fadd fsub fdiv".split():
        for s in ("", "s"):
            yield f"{op}{s} 1,2,3"
            yield f"{op}{s}. 1,2,3"
    for s in ("", "s", "."):
        yield f"fmul{s} 1,2,3"
    for op in "fmadd fmsub fnmadd fnmsub".split():
        for s in ("", "s", "."):
            yield f"{op}{s} 1,2,3,4"
    for op in "frsp fctiw fctiwz fmr fneg fabs fnabs".split():
        yield f"{op} 1,2"
        yield f"{op}. 1,2"
    yield "fsel 1,2,3,4"
    yield "fcmpu 2,2,3"
    yield "fcmpo 6,2,3"
    yield "mffs 1"
    yield "mffs. 1"
    for mask in (0xff, 0x01, 0x80, 0x18):
        yield f"mtfsf {mask},2"
    for field, v in ((0, 15), (7, 2), (3, 5)):
        yield f"mtfsfi {field},{v}"
    for bit in (0, 3, 7, 24, 30, 31):
        yield f"mtfsb0 {bit}"
        yield f"mtfsb1 {bit}"
    for field in (0, 1, 2, 3, 5):
        yield f"mcrfs 3,{field}"


# What cannot be compared: see enum row_flags in ops.c.
LOW_ONLY = ("fctiw", "mffs")
NEGATED = ("fnmadd", "fnmsub")
COMPARE = ("fcmp",)
ENABLING = ("mtfs",)
SINGLE = ("frsp", "fadds", "fsubs", "fmuls", "fdivs", "fmadds", "fmsubs", "fnmadds", "fnmsubs")
SETS_FX = ("mtfsb1",)


def flags_of(text, fp):
    return (int(fp) | (2 if text.startswith(LOW_ONLY) else 0) | (4 if text.startswith(NEGATED) else 0)
            | (8 if text.startswith(COMPARE) else 0) | (16 if text.startswith(ENABLING) else 0)
            | (32 if text.startswith(SINGLE) else 0) | (64 if text.startswith(SETS_FX) else 0))


def main():
    print("/* SPDX-License-Identifier: BSD-3-Clause */")
    print("/* Generated by gen-ops.py: the instructions of the operand judge. */")
    rows = [(t, k) for k, g in (("0", integer()), ("0", condition()), ("0", memory()),
                                ("1", floating())) for t in g]
    print('\t.machine "e500mc"\n\t.text')
    for n, (text, _) in enumerate(rows):
        print(f"op_{n}:\t{text}\n\tblr")
    print('\t.section .rodata\n\t.balign 4\n\t.globl ops, ops_count\nops_count: .long ' + str(len(rows)))
    print("ops:")
    for n, (text, fp) in enumerate(rows):
        flags = flags_of(text, fp)
        print(f"\t.long op_{n}, name_{n}, {flags}")
    for n, (text, _) in enumerate(rows):
        print(f'name_{n}: .asciz "{text}"')


main()
