// A plugin of qemu-user for aarch64 programs: how many instructions are executed, and how many of them are fmla on vectors of
// 32-bit floats, or how many of each class of decoder.h, and how many cache lines are missed.
//
//     qemu-aarch64 -plugin counter.so,output=FILE[,functions=on][,caches=32768x4:524288x16][,marks=1] PROGRAM ARGUMENT…
//
// When the program ends it writes `INSTRUCTIONS FMLA` into FILE, or with `functions=on` a line `INSTRUCTIONS FMLA NAME` for
// every function in the program's symbol table, `-` being what has no name.
//
// With `caches=BYTESxWAYS:…` it writes other lines instead, when the program ends and with `marks=DESCRIPTOR` also each time
// before the program writes to that file descriptor: what happened since the last time, a line for each block of instructions
// that qemu translates together, which ends at a branch, and then the line `mark`. A block's line has how often it was executed;
// how many instructions of each class it holds, and how many of each detail; how many cache lines it missed in each of these data
// caches, from the core outwards; and how many of those by stores. Caches have lines of 64 bytes and a power of two of sets. The
// least recently used line of a set is replaced; a line that one level misses is asked of the next and then kept in both, and
// stores fetch it; addresses are the program's, and nothing is fetched ahead.
//
// Counts are of one thread, and exact unless a signal interrupts it. API_VERSION is that of qemu's plugin interface: 1 up to
// qemu 8, 2 for 9.0, 3 from 9.1 on.

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decoder.h"

// What is needed of qemu's interface; Debian has no package with its header.
typedef uint64_t qemu_plugin_id_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id, void (*callback)(qemu_plugin_id_t, struct qemu_plugin_tb *));
void qemu_plugin_register_vcpu_tb_exec_cb(
    struct qemu_plugin_tb *block, void (*callback)(unsigned, void *), int flags, void *argument);
void qemu_plugin_register_vcpu_syscall_cb(
    qemu_plugin_id_t id,
    void (*callback)(
        qemu_plugin_id_t, unsigned, int64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t));
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t id, void (*callback)(qemu_plugin_id_t, void *), void *argument);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *block);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *block, size_t index);
void qemu_plugin_register_vcpu_mem_cb(
    struct qemu_plugin_insn *instruction, void (*callback)(unsigned, uint32_t, uint64_t, void *), int flags, int kinds,
    void *argument);
unsigned qemu_plugin_mem_size_shift(uint32_t information);
const char *qemu_plugin_insn_symbol(const struct qemu_plugin_insn *instruction);
#if API_VERSION < 3
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *instruction);
#else
size_t qemu_plugin_insn_data(const struct qemu_plugin_insn *instruction, void *bytes, size_t count);
#endif

__attribute__((visibility("default"))) int qemu_plugin_version = API_VERSION;

enum { line_shift = 6, most_levels = 3 };

// Instructions that qemu translates together and that are executed one after the other, and the cache lines that they missed in
// each level, followed by those that stores missed. `written` is how many executions have been reported.
struct block {
  uint64_t executions, written, instructions;
  unsigned classes[class_count], details[detail_count];
  uint64_t misses[2 * most_levels];
  const char *function;
  struct block *next;
};

static struct block *blocks;
static FILE *output;
static bool by_function;
static int64_t mark = -1;

// A level of cache: of each set, the tags in the order of their last use.
struct cache {
  uint64_t sets, ways, *tags;
};

static struct cache caches[most_levels];
static size_t level_count;

static bool find(struct cache *cache, uint64_t line) {
  uint64_t *set = cache->tags + (line & (cache->sets - 1)) * cache->ways, way = 1;
  if (set[0] == line) return true;
  while (way < cache->ways - 1 && set[way] != line) way++;
  bool hit = set[way] == line;
  memmove(set + 1, set, way * sizeof *set);
  set[0] = line;
  return hit;
}

static void access_memory(uint32_t information, uint64_t address, struct block *block, bool is_store) {
  uint64_t last = (address + ((uint64_t)1 << qemu_plugin_mem_size_shift(information)) - 1) >> line_shift;
  for (uint64_t line = address >> line_shift; line <= last; line++) {
    for (size_t level = 0; level < level_count && !find(&caches[level], line); level++) {
      block->misses[level]++;
      block->misses[level_count + level] += is_store;
    }
  }
}

static void load(unsigned processor, uint32_t information, uint64_t address, void *block) {
  (void)processor;
  access_memory(information, address, block, false);
}

static void store(unsigned processor, uint32_t information, uint64_t address, void *block) {
  (void)processor;
  access_memory(information, address, block, true);
}

static bool make_caches(char *text) {
  for (char *end = text; *text; text = *end ? end + 1 : end) {
    if (level_count == most_levels) return false;
    struct cache *cache = &caches[level_count++];
    uint64_t bytes = strtoull(text, &end, 10);
    if (*end != 'x') return false;
    cache->ways = strtoull(end + 1, &end, 10);
    if ((*end && *end != ':') || cache->ways < 2) return false;
    cache->sets = (bytes >> line_shift) / cache->ways;
    if (cache->sets == 0 || (cache->sets & (cache->sets - 1)) != 0) return false;
    cache->tags = malloc(cache->sets * cache->ways * sizeof *cache->tags);
    if (!cache->tags) return false;
    memset(cache->tags, 0xFF, cache->sets * cache->ways * sizeof *cache->tags);
  }
  return level_count > 0;
}

static uint32_t word_of(struct qemu_plugin_insn *instruction) {
  uint32_t word;
#if API_VERSION < 3
  memcpy(&word, qemu_plugin_insn_data(instruction), sizeof word);
#else
  qemu_plugin_insn_data(instruction, &word, sizeof word);
#endif
  return word;
}

static void execute(unsigned processor, void *block) {
  (void)processor;
  ((struct block *)block)->executions++;
}

static void translate(qemu_plugin_id_t id, struct qemu_plugin_tb *translated) {
  (void)id;
  struct block *block = calloc(1, sizeof *block);
  if (!block) abort();
  block->instructions = qemu_plugin_tb_n_insns(translated);
  for (size_t index = 0; index < block->instructions; index++) {
    struct qemu_plugin_insn *instruction = qemu_plugin_tb_get_insn(translated, index);
    uint32_t word = word_of(instruction);
    int class = classify(word), details[detail_count];
    block->classes[class]++;
    detail(word, details);
    for (int kind = 0; kind < detail_count; kind++) block->details[kind] += (unsigned)details[kind];
    enum { no_registers = 0, reads_and_writes = 3 };
    if (level_count && (class == class_load || class == class_store)) {
      qemu_plugin_register_vcpu_mem_cb(instruction, class == class_load ? load : store, no_registers, reads_and_writes, block);
    }
  }
  const char *name = by_function ? qemu_plugin_insn_symbol(qemu_plugin_tb_get_insn(translated, 0)) : NULL;
  block->function = strdup(name && *name ? name : "-");
  block->next = blocks;
  blocks = block;
  qemu_plugin_register_vcpu_tb_exec_cb(translated, execute, 0, block);
}

static int compare(const void *left, const void *right) {
  return strcmp((*(struct block **)left)->function, (*(struct block **)right)->function);
}

static void write_counts(void) {
  for (struct block *block = blocks; block; block = block->next) {
    if (block->executions == block->written) continue;
    fprintf(output, "%llu", (unsigned long long)(block->executions - block->written));
    for (int class = 0; class < class_count; class++) fprintf(output, " %u", block->classes[class]);
    for (int kind = 0; kind < detail_count; kind++) fprintf(output, " %u", block->details[kind]);
    for (size_t kind = 0; kind < 2 * level_count; kind++) fprintf(output, " %llu", (unsigned long long)block->misses[kind]);
    memset(block->misses, 0, sizeof block->misses);
    fputc('\n', output);
    block->written = block->executions;
  }
  fputs("mark\n", output);
}

static void call_system(
    qemu_plugin_id_t id, unsigned processor, int64_t number, uint64_t descriptor, uint64_t b, uint64_t c, uint64_t d, uint64_t e,
    uint64_t f, uint64_t g, uint64_t h) {
  (void)id, (void)processor, (void)b, (void)c, (void)d, (void)e, (void)f, (void)g, (void)h;
  enum { write = 64 };
  if (number == write && (int64_t)descriptor == mark) write_counts();
}

static void finish(qemu_plugin_id_t id, void *argument) {
  (void)id, (void)argument;
  size_t count = 0;
  for (struct block *block = blocks; block; block = block->next) count++;
  struct block **sorted = malloc((count + 1) * sizeof *sorted);
  if (!sorted) abort();
  size_t index = 0;
  for (struct block *block = blocks; block; block = block->next) sorted[index++] = block;
  qsort(sorted, count, sizeof *sorted, compare);
  if (level_count) write_counts();
  for (size_t first = 0, last = 0; !level_count && first < count; first = last) {
    uint64_t instructions = 0, fmlas = 0;
    for (; last < count && compare(&sorted[first], &sorted[last]) == 0; last++) {
      instructions += sorted[last]->executions * sorted[last]->instructions;
      fmlas += sorted[last]->executions * (sorted[last]->classes[class_fma_f32x4] + sorted[last]->classes[class_fma_f32x2]);
    }
    fprintf(output, "%llu %llu", (unsigned long long)instructions, (unsigned long long)fmlas);
    if (by_function) fprintf(output, " %s", sorted[first]->function);
    fputc('\n', output);
  }
  if (fclose(output) != 0) {
    perror("counter: output");
    _Exit(1);
  }
}

__attribute__((visibility("default"))) int qemu_plugin_install(
    qemu_plugin_id_t id, const void *system, int argumentCount, char **arguments) {
  (void)system;
  for (int index = 0; index < argumentCount; index++) {
    if (strncmp(arguments[index], "output=", 7) == 0) {
      output = fopen(arguments[index] + 7, "w");
      if (!output) perror(arguments[index]);
    } else if (strcmp(arguments[index], "functions=on") == 0) {
      by_function = true;
    } else if (strncmp(arguments[index], "marks=", 6) == 0) {
      mark = strtol(arguments[index] + 6, NULL, 10);
    } else if (strncmp(arguments[index], "caches=", 7) != 0 || !make_caches(arguments[index] + 7)) {
      fprintf(stderr, "counter: unknown option %s\n", arguments[index]);
      return 1;
    }
  }
  if (!output) {
    fprintf(stderr, "counter: no output=FILE, or it can't be written\n");
    return 1;
  }
  if (mark >= 0) qemu_plugin_register_vcpu_syscall_cb(id, call_system);
  qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
  qemu_plugin_register_atexit_cb(id, finish, NULL);
  return 0;
}
