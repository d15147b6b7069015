// Reads a handwritten digit with the network of Examples/digits, in C99; C++ compiles it too.

#include <stdio.h>

#include "digits.h"

// Eight rows of eight pixels, from 0 (paper) to 1 (ink).
static const char picture[] =
    "........"
    ".######."
    ".....##."
    "....##.."
    "..####.."
    "...##..."
    "..##...."
    "..##....";

static unsigned char arena[DIGITS_ARENA_BYTES] __attribute__((aligned(DIGITS_ARENA_ALIGNMENT)));

int main(void) {
  float image[DIGITS_IMAGE_COUNT];
  float probabilities[DIGITS_PROBABILITIES_COUNT];
  for (int i = 0; i < DIGITS_IMAGE_COUNT; i++) image[i] = picture[i] == '#';

  int status = digits_predict(image, probabilities, arena);
  if (status != DIGITS_OK) {
    fprintf(stderr, "digits_predict returned %d, which digits.h explains\n", status);
    return 1;
  }
  int best = 0;
  for (int i = 1; i < DIGITS_PROBABILITIES_COUNT; i++) {
    if (probabilities[i] > probabilities[best]) best = i;
  }
  printf("This is a %d.\n", best);
  return 0;
}
