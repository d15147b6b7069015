#include "KilnIntrinsics.h"
