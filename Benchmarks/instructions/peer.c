// Runs a model with ONNX Runtime, by its C interface, so that what it does can be counted without an interpreter around it:
//
//     peer MODEL.onnx RUNS INPUT_NAME 1,3,224,224 INPUT.bin OUTPUT_NAME OUTPUT.bin
//
// One input and one output of 32-bit floats, raw files. One thread, everything else as ONNX Runtime has it by default.

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Status Status;

// The functions of version 1 of the interface that are used here. A function keeps its place in this table for ever.
typedef struct {
  void *reserved_0[2];
  const char *(*message)(const Status *);
  Status *(*createEnvironment)(int logLevel, const char *name, void **environment);
  void *reserved_4[3];
  Status *(*createSession)(const void *environment, const char *path, const void *options, void **session);
  void *reserved_8[1];
  Status *(*run)(void *session, const void *options, const char *const *inputNames, const void *const *inputs,
                 size_t inputCount, const char *const *outputNames, size_t outputCount, void **outputs);
  Status *(*createOptions)(void **options);
  void *reserved_11[13];
  Status *(*setThreads)(void *options, int count);
  void *reserved_25[24];
  Status *(*createTensor)(const void *memory, void *bytes, size_t byteCount, const int64_t *shape, size_t rank,
                          int elementType, void **tensor);
  void *reserved_50[1];
  Status *(*tensorBytes)(void *tensor, void **bytes);
  void *reserved_52[12];
  Status *(*shapeElementCount)(const void *shape, size_t *count);
  Status *(*tensorShape)(const void *tensor, void **shape);
  void *reserved_66[3];
  Status *(*createMemory)(int allocator, int kind, void **memory);
} Interface;

typedef struct {
  const Interface *(*interface)(uint32_t version);
  const char *(*version)(void);
} InterfaceBase;

const InterfaceBase *OrtGetApiBase(void);

static const Interface *runtime;

static void check(Status *status) {
  if (!status) return;
  fprintf(stderr, "peer: %s\n", runtime->message(status));
  exit(1);
}

static void require(int condition, const char *path) {
  if (condition) return;
  perror(path);
  exit(1);
}

int main(int count, char **arguments) {
  if (count != 8) {
    fprintf(stderr, "usage: peer MODEL RUNS INPUT_NAME SHAPE INPUT OUTPUT_NAME OUTPUT\n");
    return 64;
  }
  int64_t shape[8];
  size_t rank = 0, elements = 1;
  for (char *next = strtok(arguments[4], ","); next && rank < 8; next = strtok(NULL, ",")) {
    shape[rank] = atoll(next);
    elements *= (size_t)shape[rank++];
  }
  float *image = malloc(elements * sizeof *image);
  FILE *file = fopen(arguments[5], "rb");
  require(image && file && fread(image, sizeof *image, elements, file) == elements, arguments[5]);
  fclose(file);

  runtime = OrtGetApiBase()->interface(1);
  void *environment, *options, *session, *memory, *input, *output = NULL, *outputShape;
  enum { errorsOnly = 3, arenaAllocator = 1, ordinaryMemory = 0, float32 = 1 };
  check(runtime->createEnvironment(errorsOnly, "peer", &environment));
  check(runtime->createOptions(&options));
  check(runtime->setThreads(options, 1));
  check(runtime->createSession(environment, arguments[1], options, &session));
  check(runtime->createMemory(arenaAllocator, ordinaryMemory, &memory));
  check(runtime->createTensor(memory, image, elements * sizeof *image, shape, rank, float32, &input));
  // The first run makes the tensor of the output, the others write into it.
  for (int runs = atoi(arguments[2]); runs > 0; runs--) {
    check(runtime->run(session, NULL, (const char *const *)&arguments[3], (const void *const *)&input, 1,
                       (const char *const *)&arguments[6], 1, &output));
  }

  void *answer;
  check(runtime->tensorShape(output, &outputShape));
  check(runtime->shapeElementCount(outputShape, &elements));
  check(runtime->tensorBytes(output, &answer));
  file = fopen(arguments[7], "wb");
  require(file && fwrite(answer, sizeof(float), elements, file) == elements && fclose(file) == 0, arguments[7]);
  return 0;
}
