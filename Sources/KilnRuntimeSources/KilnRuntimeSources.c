#include "KilnRuntimeSources.h"
