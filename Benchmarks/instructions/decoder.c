// Sorts A64 instructions by the encoding groups of the Arm Architecture Reference Manual (DDI 0487), C4.1. `vector` is all of
// SIMD and floating point, scalars included, that is no vector multiply-add. Atomic read-modify-writes are stores, prefetches
// `other`.

#include "decoder.h"

static uint32_t bits(uint32_t word, int high, int low) { return word >> low & ((1u << (high - low + 1)) - 1); }

// C4.1, loads and stores.
static int memoryClass(uint32_t word) {
  uint32_t isVector = bits(word, 26, 26), operation = bits(word, 23, 22);
  switch (bits(word, 29, 28)) {
    case 0:  // Exclusive and ordered, compare and swap; structures of vectors.
      if (!isVector && bits(word, 21, 21) && (bits(word, 23, 23) || !bits(word, 31, 31))) return class_store;
      return bits(word, 22, 22) ? class_load : class_store;
    case 1:  // Literals; LDAPUR and STLUR.
      if (bits(word, 24, 24)) return operation ? class_load : class_store;
      return !isVector && bits(word, 31, 30) == 3 ? class_other : class_load;
    case 2:  // Pairs.
      return bits(word, 22, 22) ? class_load : class_store;
    default:  // One register.
      if (!bits(word, 24, 24) && bits(word, 21, 21) && !isVector) {
        if (bits(word, 11, 10) == 0) return (word & 0x0000FC00) == 0x0000C000 ? class_load : class_store;  // LDAPR.
        if (bits(word, 10, 10)) return class_load;  // LDRAA, LDRAB.
      }
      if (isVector) return operation & 1 ? class_load : class_store;
      if (operation == 2 && bits(word, 31, 30) == 3) return class_other;  // PRFM, PRFUM.
      return operation ? class_load : class_store;
  }
}

// C4.1, Advanced SIMD: three registers of the same type (and half precision, and with extensions), three different, by element.
static int vectorClass(uint32_t word) {
  int isWide = bits(word, 30, 30);
  if ((word & 0xBF20FC00) == 0x0E20CC00 || (word & 0xBF80B400) == 0x0F801000) {  // FMLA, FMLS.
    if (bits(word, 22, 22)) return class_fma_f64x2;
    return isWide ? class_fma_f32x4 : class_fma_f32x2;
  }
  if ((word & 0xBF60FC00) == 0x0E400C00 || (word & 0xBFC0B400) == 0x0F001000) {  // The same of half precision.
    return isWide ? class_fma_f16x8 : class_fma_f16x4;
  }
  if ((word & 0x9F20FC00) == 0x0E009400 || (word & 0x9FC0F400) == 0x0F80E000) {  // SDOT, UDOT.
    return isWide ? class_dot_128 : class_dot_64;
  }
  if ((word & 0x9F20FC00) == 0x0E209400 || (word & 0xBF00B400) == 0x2F000000 ||  // MLA, MLS.
      (word & 0x9F20DC00) == 0x0E208000 || (word & 0x9F00B400) == 0x0F002000) {  // SMLAL, UMLAL, SMLSL, UMLSL.
    return isWide ? class_fma_int_128 : class_fma_int_64;
  }
  return class_vector;
}

int classify(uint32_t word) {
  uint32_t group = bits(word, 28, 25);
  if ((group & 5) == 4) return memoryClass(word);
  if ((group & 7) == 7) return vectorClass(word);
  if ((group & 14) == 10) return bits(word, 31, 25) == 0x6A ? class_other : class_branch;  // Exceptions and system.
  return class_other;
}

// C4.1, loads and stores of vectors: how many registers, and whether they are of 128 bits.
static int vectorRegisters(uint32_t word, int *isWide) {
  *isWide = 0;
  switch (bits(word, 29, 28)) {
    case 0:
      // Lanes, and elements that are repeated in all lanes.
      if (bits(word, 24, 24)) return 1 + bits(word, 21, 21) + 2 * bits(word, 13, 13);
      *isWide = bits(word, 30, 30);
      switch (bits(word, 15, 12)) {
        case 0: case 2: return 4;
        case 4: case 6: return 3;
        case 8: case 10: return 2;
        default: return 1;
      }
    case 1: *isWide = bits(word, 24, 24) ? bits(word, 23, 23) : bits(word, 31, 30) == 2; return 1;
    case 2: *isWide = bits(word, 31, 30) == 2; return 2;
    default: *isWide = bits(word, 23, 23); return 1;
  }
}

void detail(uint32_t word, int counts[detail_count]) {
  for (int index = 0; index < detail_count; index++) counts[index] = 0;
  int class = classify(word);
  if ((class == class_load || class == class_store) && bits(word, 26, 26)) {
    int isWide, registers = vectorRegisters(word, &isWide);
    if (class == class_load) counts[isWide ? detail_load_128 : detail_load_64] = registers;
    if (class == class_store) counts[isWide ? detail_store_128 : detail_store_64] = registers;
  }
  counts[detail_insert] = (word & 0xFFE0FC00) == 0x4E001C00;
}
