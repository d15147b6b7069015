// Reads a handwritten digit with the network of Examples/digits, in C++17.

#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>
#include <string_view>

#include "digits.h"

// Eight rows of eight pixels, from 0 (paper) to 1 (ink).
constexpr std::string_view picture =
    "........"
    ".######."
    ".....##."
    "....##.."
    "..####.."
    "...##..."
    "..##...."
    "..##....";

struct alignas(DIGITS_ARENA_ALIGNMENT) Arena {
  std::array<unsigned char, DIGITS_ARENA_BYTES> bytes;
};

int main() {
  std::array<float, DIGITS_IMAGE_COUNT> image;
  std::array<float, DIGITS_PROBABILITIES_COUNT> probabilities;
  std::transform(picture.begin(), picture.end(), image.begin(), [](char pixel) { return pixel == '#' ? 1.0F : 0.0F; });

  const auto arena = std::make_unique<Arena>();
  if (const int status = digits_predict(image.data(), probabilities.data(), arena->bytes.data()); status != DIGITS_OK) {
    std::fprintf(stderr, "digits_predict returned %d, which digits.h explains\n", status);
    return 1;
  }
  const auto best = std::max_element(probabilities.begin(), probabilities.end()) - probabilities.begin();
  std::printf("This is a %d.\n", static_cast<int>(best));
}
