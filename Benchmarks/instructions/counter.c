// A plugin of qemu-user for aarch64 programs: how many instructions are executed, and how many of them are fmla on vectors of
// 32-bit floats (Arm ARM C7.2: FMLA (vector), FMLA (by element)).
//
//     qemu-aarch64 -plugin counter.so,output=FILE[,functions=on] PROGRAM ARGUMENT…
//
// When the program ends it writes `INSTRUCTIONS FMLA` into FILE, or with `functions=on` a line `INSTRUCTIONS FMLA NAME` for
// every function in the program's symbol table, `-` being what has no name. Counts are of one thread, and exact unless a signal
// interrupts it. API_VERSION is that of qemu's plugin interface: 1 up to qemu 8, 2 for 9.0, 3 from 9.1 on.

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// What is needed of qemu's interface; Debian has no package with its header.
typedef uint64_t qemu_plugin_id_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id, void (*callback)(qemu_plugin_id_t, struct qemu_plugin_tb *));
void qemu_plugin_register_vcpu_tb_exec_cb(
    struct qemu_plugin_tb *block, void (*callback)(unsigned, void *), int flags, void *argument);
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t id, void (*callback)(qemu_plugin_id_t, void *), void *argument);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *block);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *block, size_t index);
const char *qemu_plugin_insn_symbol(const struct qemu_plugin_insn *instruction);
#if API_VERSION < 3
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *instruction);
#else
size_t qemu_plugin_insn_data(const struct qemu_plugin_insn *instruction, void *bytes, size_t count);
#endif

__attribute__((visibility("default"))) int qemu_plugin_version = API_VERSION;

// Instructions that qemu translates together and that are executed one after the other.
struct block {
  uint64_t executions, instructions, fmlas;
  const char *function;
  struct block *next;
};

static struct block *blocks;
static const char *output;
static bool by_function;

static bool is_fmla(struct qemu_plugin_insn *instruction) {
  uint32_t word;
#if API_VERSION < 3
  memcpy(&word, qemu_plugin_insn_data(instruction), sizeof word);
#else
  qemu_plugin_insn_data(instruction, &word, sizeof word);
#endif
  return (word & 0xBFE0FC00) == 0x0E20CC00 || (word & 0xBFC0F400) == 0x0F801000;
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
    block->fmlas += is_fmla(qemu_plugin_tb_get_insn(translated, index));
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

static void finish(qemu_plugin_id_t id, void *argument) {
  (void)id, (void)argument;
  size_t count = 0;
  for (struct block *block = blocks; block; block = block->next) count++;
  struct block **sorted = malloc((count + 1) * sizeof *sorted);
  FILE *file = fopen(output, "w");
  if (!file || !sorted) {
    perror(output);
    _Exit(1);
  }
  size_t index = 0;
  for (struct block *block = blocks; block; block = block->next) sorted[index++] = block;
  qsort(sorted, count, sizeof *sorted, compare);
  for (size_t first = 0, last = 0; first < count; first = last) {
    uint64_t instructions = 0, fmlas = 0;
    for (; last < count && compare(&sorted[first], &sorted[last]) == 0; last++) {
      instructions += sorted[last]->executions * sorted[last]->instructions;
      fmlas += sorted[last]->executions * sorted[last]->fmlas;
    }
    fprintf(file, "%llu %llu", (unsigned long long)instructions, (unsigned long long)fmlas);
    if (by_function) fprintf(file, " %s", sorted[first]->function);
    fputc('\n', file);
  }
  if (fclose(file) != 0) {
    perror(output);
    _Exit(1);
  }
}

__attribute__((visibility("default"))) int qemu_plugin_install(
    qemu_plugin_id_t id, const void *system, int argumentCount, char **arguments) {
  (void)system;
  for (int index = 0; index < argumentCount; index++) {
    if (strncmp(arguments[index], "output=", 7) == 0) {
      output = strdup(arguments[index] + 7);
    } else if (strcmp(arguments[index], "functions=on") == 0) {
      by_function = true;
    } else {
      fprintf(stderr, "counter: unknown option %s\n", arguments[index]);
      return 1;
    }
  }
  if (!output) {
    fprintf(stderr, "counter: no output=FILE\n");
    return 1;
  }
  qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
  qemu_plugin_register_atexit_cb(id, finish, NULL);
  return 0;
}
