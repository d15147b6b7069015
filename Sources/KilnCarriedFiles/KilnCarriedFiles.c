// Written by toolchain/list-carried-files.

#include "KilnCarriedFiles.h"

// Before C23 it is an extension.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char Benchmark_Arguments_swift[] = {
#embed "../KilnRuntimeSources/Benchmark/Arguments.swift"
};

static const unsigned char Benchmark_Benchmark_swift[] = {
#embed "../KilnRuntimeSources/Benchmark/Benchmark.swift"
};

static const unsigned char Benchmark_BenchmarkNetwork_h[] = {
#embed "../KilnRuntimeSources/Benchmark/BenchmarkNetwork.h"
};

static const unsigned char Benchmark_BenchmarkSystem_c[] = {
#embed "../KilnRuntimeSources/Benchmark/BenchmarkSystem.c"
};

static const unsigned char Benchmark_BenchmarkSystem_h[] = {
#embed "../KilnRuntimeSources/Benchmark/BenchmarkSystem.h"
};

static const unsigned char Benchmark_Entry_swift[] = {
#embed "../KilnRuntimeSources/Benchmark/Entry.swift"
};

static const unsigned char Benchmark_Inference_swift[] = {
#embed "../KilnRuntimeSources/Benchmark/Inference.swift"
};

static const unsigned char Benchmark_Line_swift[] = {
#embed "../KilnRuntimeSources/Benchmark/Line.swift"
};

static const unsigned char Benchmark_Measurement_swift[] = {
#embed "../KilnRuntimeSources/Benchmark/Measurement.swift"
};

static const unsigned char Benchmark_Memory_swift[] = {
#embed "../KilnRuntimeSources/Benchmark/Memory.swift"
};

static const unsigned char Benchmark_Network_swift[] = {
#embed "../KilnRuntimeSources/Benchmark/Network.swift"
};

static const unsigned char Benchmark_NetworkFunctions_swift[] = {
#embed "../KilnRuntimeSources/Benchmark/NetworkFunctions.swift"
};

static const unsigned char Benchmark_OneThread_swift[] = {
#embed "../KilnRuntimeSources/Benchmark/OneThread.swift"
};

static const unsigned char Benchmark_PeakArithmetic_c[] = {
#embed "../KilnRuntimeSources/Benchmark/PeakArithmetic.c"
};

static const unsigned char Benchmark_Samples_swift[] = {
#embed "../KilnRuntimeSources/Benchmark/Samples.swift"
};

static const unsigned char Benchmark_Service_swift[] = {
#embed "../KilnRuntimeSources/Benchmark/Service.swift"
};

static const unsigned char Benchmark_Threads_swift[] = {
#embed "../KilnRuntimeSources/Benchmark/Threads.swift"
};

static const unsigned char KilnGeometry_Axes_swift[] = {
#embed "../KilnGeometry/Axes.swift"
};

static const unsigned char KilnGeometry_ByteWinogradWorkspace_swift[] = {
#embed "../KilnGeometry/ByteWinogradWorkspace.swift"
};

static const unsigned char KilnGeometry_ConvolutionGeometry_swift[] = {
#embed "../KilnGeometry/ConvolutionGeometry.swift"
};

static const unsigned char KilnGeometry_ConvolutionStage_swift[] = {
#embed "../KilnGeometry/ConvolutionStage.swift"
};

static const unsigned char KilnGeometry_ConvolutionSteps_swift[] = {
#embed "../KilnGeometry/ConvolutionSteps.swift"
};

static const unsigned char KilnGeometry_DepthwiseGeometry_swift[] = {
#embed "../KilnGeometry/DepthwiseGeometry.swift"
};

static const unsigned char KilnGeometry_DriverState_swift[] = {
#embed "../KilnGeometry/DriverState.swift"
};

static const unsigned char KilnGeometry_NarrowRows_swift[] = {
#embed "../KilnGeometry/NarrowRows.swift"
};

static const unsigned char KilnGeometry_NormalizedOperand_swift[] = {
#embed "../KilnGeometry/NormalizedOperand.swift"
};

static const unsigned char KilnGeometry_PlanarGeometry_swift[] = {
#embed "../KilnGeometry/PlanarGeometry.swift"
};

static const unsigned char KilnGeometry_PoolAxis_swift[] = {
#embed "../KilnGeometry/PoolAxis.swift"
};

static const unsigned char KilnGeometry_PoolWindow_swift[] = {
#embed "../KilnGeometry/PoolWindow.swift"
};

static const unsigned char KilnGeometry_RecurrenceGeometry_swift[] = {
#embed "../KilnGeometry/RecurrenceGeometry.swift"
};

static const unsigned char KilnGeometry_RegionGeometry_swift[] = {
#embed "../KilnGeometry/RegionGeometry.swift"
};

static const unsigned char KilnGeometry_ResampledAxis_swift[] = {
#embed "../KilnGeometry/ResampledAxis.swift"
};

static const unsigned char KilnGeometry_SamplingGeometry_swift[] = {
#embed "../KilnGeometry/SamplingGeometry.swift"
};

static const unsigned char KilnGeometry_WinogradGeometry_swift[] = {
#embed "../KilnGeometry/WinogradGeometry.swift"
};

static const unsigned char KilnIntrinsics_KilnIntrinsics_c[] = {
#embed "../KilnIntrinsics/KilnIntrinsics.c"
};

static const unsigned char KilnIntrinsics_KilnThreads_c[] = {
#embed "../KilnIntrinsics/KilnThreads.c"
};

static const unsigned char KilnIntrinsics_include_KilnHalves_h[] = {
#embed "../KilnIntrinsics/include/KilnHalves.h"
};

static const unsigned char KilnIntrinsics_include_KilnIntegers_h[] = {
#embed "../KilnIntrinsics/include/KilnIntegers.h"
};

static const unsigned char KilnIntrinsics_include_KilnIntrinsics_h[] = {
#embed "../KilnIntrinsics/include/KilnIntrinsics.h"
};

static const unsigned char KilnIntrinsics_include_KilnThreads_h[] = {
#embed "../KilnIntrinsics/include/KilnThreads.h"
};

static const unsigned char KilnRuntime_Activations_swift[] = {
#embed "../KilnRuntime/Activations.swift"
};

static const unsigned char KilnRuntime_Arithmetic_swift[] = {
#embed "../KilnRuntime/Arithmetic.swift"
};

static const unsigned char KilnRuntime_Border_swift[] = {
#embed "../KilnRuntime/Border.swift"
};

static const unsigned char KilnRuntime_ByteConvolution_swift[] = {
#embed "../KilnRuntime/ByteConvolution.swift"
};

static const unsigned char KilnRuntime_BytePool_swift[] = {
#embed "../KilnRuntime/BytePool.swift"
};

static const unsigned char KilnRuntime_ByteProducts_swift[] = {
#embed "../KilnRuntime/ByteProducts.swift"
};

static const unsigned char KilnRuntime_ByteWinograd_swift[] = {
#embed "../KilnRuntime/ByteWinograd.swift"
};

static const unsigned char KilnRuntime_ChannelAffine_swift[] = {
#embed "../KilnRuntime/ChannelAffine.swift"
};

static const unsigned char KilnRuntime_Copy_swift[] = {
#embed "../KilnRuntime/Copy.swift"
};

static const unsigned char KilnRuntime_CopyScalars_swift[] = {
#embed "../KilnRuntime/CopyScalars.swift"
};

static const unsigned char KilnRuntime_DepthwiseConvolution_swift[] = {
#embed "../KilnRuntime/DepthwiseConvolution.swift"
};

static const unsigned char KilnRuntime_Determinant_swift[] = {
#embed "../KilnRuntime/Determinant.swift"
};

static const unsigned char KilnRuntime_DirectConvolution_swift[] = {
#embed "../KilnRuntime/DirectConvolution.swift"
};

static const unsigned char KilnRuntime_DoubleFunctions_swift[] = {
#embed "../KilnRuntime/DoubleFunctions.swift"
};

static const unsigned char KilnRuntime_ElementFunctions_swift[] = {
#embed "../KilnRuntime/ElementFunctions.swift"
};

static const unsigned char KilnRuntime_Elementwise_swift[] = {
#embed "../KilnRuntime/Elementwise.swift"
};

static const unsigned char KilnRuntime_Exponential_swift[] = {
#embed "../KilnRuntime/Exponential.swift"
};

static const unsigned char KilnRuntime_FractionalPower_swift[] = {
#embed "../KilnRuntime/FractionalPower.swift"
};

static const unsigned char KilnRuntime_Gather_swift[] = {
#embed "../KilnRuntime/Gather.swift"
};

static const unsigned char KilnRuntime_GridSample_swift[] = {
#embed "../KilnRuntime/GridSample.swift"
};

static const unsigned char KilnRuntime_HalfConvolution_swift[] = {
#embed "../KilnRuntime/HalfConvolution.swift"
};

static const unsigned char KilnRuntime_HalfLanes_swift[] = {
#embed "../KilnRuntime/HalfLanes.swift"
};

static const unsigned char KilnRuntime_HalfVectors_swift[] = {
#embed "../KilnRuntime/HalfVectors.swift"
};

static const unsigned char KilnRuntime_Halves_swift[] = {
#embed "../KilnRuntime/Halves.swift"
};

static const unsigned char KilnRuntime_Hyperbolics_swift[] = {
#embed "../KilnRuntime/Hyperbolics.swift"
};

static const unsigned char KilnRuntime_IndexTuples_swift[] = {
#embed "../KilnRuntime/IndexTuples.swift"
};

static const unsigned char KilnRuntime_IntegerVectors_swift[] = {
#embed "../KilnRuntime/IntegerVectors.swift"
};

static const unsigned char KilnRuntime_InverseTrigonometry_swift[] = {
#embed "../KilnRuntime/InverseTrigonometry.swift"
};

static const unsigned char KilnRuntime_JoinedLoads_swift[] = {
#embed "../KilnRuntime/JoinedLoads.swift"
};

static const unsigned char KilnRuntime_LocalResponse_swift[] = {
#embed "../KilnRuntime/LocalResponse.swift"
};

static const unsigned char KilnRuntime_MatrixProduct_swift[] = {
#embed "../KilnRuntime/MatrixProduct.swift"
};

static const unsigned char KilnRuntime_NarrowConvolution_swift[] = {
#embed "../KilnRuntime/NarrowConvolution.swift"
};

static const unsigned char KilnRuntime_NarrowNumbers_swift[] = {
#embed "../KilnRuntime/NarrowNumbers.swift"
};

static const unsigned char KilnRuntime_NarrowWeights_swift[] = {
#embed "../KilnRuntime/NarrowWeights.swift"
};

static const unsigned char KilnRuntime_Normalization_swift[] = {
#embed "../KilnRuntime/Normalization.swift"
};

static const unsigned char KilnRuntime_Numbers_swift[] = {
#embed "../KilnRuntime/Numbers.swift"
};

static const unsigned char KilnRuntime_PairProducts_swift[] = {
#embed "../KilnRuntime/PairProducts.swift"
};

static const unsigned char KilnRuntime_PixelConversion_swift[] = {
#embed "../KilnRuntime/PixelConversion.swift"
};

static const unsigned char KilnRuntime_Places_swift[] = {
#embed "../KilnRuntime/Places.swift"
};

static const unsigned char KilnRuntime_PlanarConvolution_swift[] = {
#embed "../KilnRuntime/PlanarConvolution.swift"
};

static const unsigned char KilnRuntime_Pool_swift[] = {
#embed "../KilnRuntime/Pool.swift"
};

static const unsigned char KilnRuntime_QuantizedElements_swift[] = {
#embed "../KilnRuntime/QuantizedElements.swift"
};

static const unsigned char KilnRuntime_Ranking_swift[] = {
#embed "../KilnRuntime/Ranking.swift"
};

static const unsigned char KilnRuntime_Recurrence_swift[] = {
#embed "../KilnRuntime/Recurrence.swift"
};

static const unsigned char KilnRuntime_Reduction_swift[] = {
#embed "../KilnRuntime/Reduction.swift"
};

static const unsigned char KilnRuntime_Regions_swift[] = {
#embed "../KilnRuntime/Regions.swift"
};

static const unsigned char KilnRuntime_Resample_swift[] = {
#embed "../KilnRuntime/Resample.swift"
};

static const unsigned char KilnRuntime_ScalarPool_swift[] = {
#embed "../KilnRuntime/ScalarPool.swift"
};

static const unsigned char KilnRuntime_ScalarProduct_swift[] = {
#embed "../KilnRuntime/ScalarProduct.swift"
};

static const unsigned char KilnRuntime_ScalarReduction_swift[] = {
#embed "../KilnRuntime/ScalarReduction.swift"
};

static const unsigned char KilnRuntime_Scalars_swift[] = {
#embed "../KilnRuntime/Scalars.swift"
};

static const unsigned char KilnRuntime_Softmax_swift[] = {
#embed "../KilnRuntime/Softmax.swift"
};

static const unsigned char KilnRuntime_StateProducts_swift[] = {
#embed "../KilnRuntime/StateProducts.swift"
};

static const unsigned char KilnRuntime_Strided_swift[] = {
#embed "../KilnRuntime/Strided.swift"
};

static const unsigned char KilnRuntime_Strips_swift[] = {
#embed "../KilnRuntime/Strips.swift"
};

static const unsigned char KilnRuntime_Suppression_swift[] = {
#embed "../KilnRuntime/Suppression.swift"
};

static const unsigned char KilnRuntime_Trigonometry_swift[] = {
#embed "../KilnRuntime/Trigonometry.swift"
};

static const unsigned char KilnRuntime_Vector_swift[] = {
#embed "../KilnRuntime/Vector.swift"
};

static const unsigned char KilnRuntime_WideNumbers_swift[] = {
#embed "../KilnRuntime/WideNumbers.swift"
};

static const unsigned char KilnRuntime_WidenedPixels_swift[] = {
#embed "../KilnRuntime/WidenedPixels.swift"
};

static const unsigned char KilnRuntime_WinogradConvolution_swift[] = {
#embed "../KilnRuntime/WinogradConvolution.swift"
};

static const unsigned char KilnRuntime_WinogradLanes_swift[] = {
#embed "../KilnRuntime/WinogradLanes.swift"
};

static const unsigned char KilnRuntime_WinogradPlace_swift[] = {
#embed "../KilnRuntime/WinogradPlace.swift"
};

static const unsigned char KilnRuntime_WinogradTransform2_swift[] = {
#embed "../KilnRuntime/WinogradTransform2.swift"
};

static const unsigned char KilnRuntime_WinogradTransform4_swift[] = {
#embed "../KilnRuntime/WinogradTransform4.swift"
};

static const unsigned char Report_1_elements_js[] = {
#embed "../KilnRuntimeSources/Report/1-elements.js"
};

static const unsigned char Report_2_index_js[] = {
#embed "../KilnRuntimeSources/Report/2-index.js"
};

static const unsigned char Report_3_detail_js[] = {
#embed "../KilnRuntimeSources/Report/3-detail.js"
};

static const unsigned char Report_4_graph_js[] = {
#embed "../KilnRuntimeSources/Report/4-graph.js"
};

static const unsigned char Report_5_tables_js[] = {
#embed "../KilnRuntimeSources/Report/5-tables.js"
};

static const unsigned char Report_6_memory_js[] = {
#embed "../KilnRuntimeSources/Report/6-memory.js"
};

static const unsigned char Report_7_search_js[] = {
#embed "../KilnRuntimeSources/Report/7-search.js"
};

static const unsigned char Report_8_start_js[] = {
#embed "../KilnRuntimeSources/Report/8-start.js"
};

static const unsigned char Report_page_css[] = {
#embed "../KilnRuntimeSources/Report/page.css"
};

static const unsigned char Report_page_html[] = {
#embed "../KilnRuntimeSources/Report/page.html"
};

static const unsigned char Targets_generic_aarch64_json[] = {
#embed "../../Targets/generic-aarch64.json"
};

static const unsigned char Targets_raspberry_pi_3_json[] = {
#embed "../../Targets/raspberry-pi-3.json"
};

static const unsigned char Targets_raspberry_pi_4_json[] = {
#embed "../../Targets/raspberry-pi-4.json"
};

static const unsigned char Targets_raspberry_pi_5_json[] = {
#embed "../../Targets/raspberry-pi-5.json"
};

static const unsigned char Targets_raspberry_pi_zero_2_w_json[] = {
#embed "../../Targets/raspberry-pi-zero-2-w.json"
};

static const unsigned char Targets_x86_64_v2_json[] = {
#embed "../../Targets/x86-64-v2.json"
};

static const unsigned char Targets_x86_64_v3_json[] = {
#embed "../../Targets/x86-64-v3.json"
};

static const unsigned char Targets_x86_64_v4_vnni_json[] = {
#embed "../../Targets/x86-64-v4-vnni.json"
};

static const unsigned char Targets_x86_64_v4_json[] = {
#embed "../../Targets/x86-64-v4.json"
};

static const unsigned char toolchain_common_bash[] = {
#embed "../../toolchain/common.bash"
};

static const unsigned char toolchain_prove_no_allocation[] = {
#embed "../../toolchain/prove-no-allocation"
};

static const KilnCarriedFile files[] = {
    {"Benchmark/Arguments.swift", Benchmark_Arguments_swift, sizeof Benchmark_Arguments_swift},
    {"Benchmark/Benchmark.swift", Benchmark_Benchmark_swift, sizeof Benchmark_Benchmark_swift},
    {"Benchmark/BenchmarkNetwork.h", Benchmark_BenchmarkNetwork_h, sizeof Benchmark_BenchmarkNetwork_h},
    {"Benchmark/BenchmarkSystem.c", Benchmark_BenchmarkSystem_c, sizeof Benchmark_BenchmarkSystem_c},
    {"Benchmark/BenchmarkSystem.h", Benchmark_BenchmarkSystem_h, sizeof Benchmark_BenchmarkSystem_h},
    {"Benchmark/Entry.swift", Benchmark_Entry_swift, sizeof Benchmark_Entry_swift},
    {"Benchmark/Inference.swift", Benchmark_Inference_swift, sizeof Benchmark_Inference_swift},
    {"Benchmark/Line.swift", Benchmark_Line_swift, sizeof Benchmark_Line_swift},
    {"Benchmark/Measurement.swift", Benchmark_Measurement_swift, sizeof Benchmark_Measurement_swift},
    {"Benchmark/Memory.swift", Benchmark_Memory_swift, sizeof Benchmark_Memory_swift},
    {"Benchmark/Network.swift", Benchmark_Network_swift, sizeof Benchmark_Network_swift},
    {"Benchmark/NetworkFunctions.swift", Benchmark_NetworkFunctions_swift, sizeof Benchmark_NetworkFunctions_swift},
    {"Benchmark/OneThread.swift", Benchmark_OneThread_swift, sizeof Benchmark_OneThread_swift},
    {"Benchmark/PeakArithmetic.c", Benchmark_PeakArithmetic_c, sizeof Benchmark_PeakArithmetic_c},
    {"Benchmark/Samples.swift", Benchmark_Samples_swift, sizeof Benchmark_Samples_swift},
    {"Benchmark/Service.swift", Benchmark_Service_swift, sizeof Benchmark_Service_swift},
    {"Benchmark/Threads.swift", Benchmark_Threads_swift, sizeof Benchmark_Threads_swift},
    {"KilnGeometry/Axes.swift", KilnGeometry_Axes_swift, sizeof KilnGeometry_Axes_swift},
    {"KilnGeometry/ByteWinogradWorkspace.swift", KilnGeometry_ByteWinogradWorkspace_swift, sizeof KilnGeometry_ByteWinogradWorkspace_swift},
    {"KilnGeometry/ConvolutionGeometry.swift", KilnGeometry_ConvolutionGeometry_swift, sizeof KilnGeometry_ConvolutionGeometry_swift},
    {"KilnGeometry/ConvolutionStage.swift", KilnGeometry_ConvolutionStage_swift, sizeof KilnGeometry_ConvolutionStage_swift},
    {"KilnGeometry/ConvolutionSteps.swift", KilnGeometry_ConvolutionSteps_swift, sizeof KilnGeometry_ConvolutionSteps_swift},
    {"KilnGeometry/DepthwiseGeometry.swift", KilnGeometry_DepthwiseGeometry_swift, sizeof KilnGeometry_DepthwiseGeometry_swift},
    {"KilnGeometry/DriverState.swift", KilnGeometry_DriverState_swift, sizeof KilnGeometry_DriverState_swift},
    {"KilnGeometry/NarrowRows.swift", KilnGeometry_NarrowRows_swift, sizeof KilnGeometry_NarrowRows_swift},
    {"KilnGeometry/NormalizedOperand.swift", KilnGeometry_NormalizedOperand_swift, sizeof KilnGeometry_NormalizedOperand_swift},
    {"KilnGeometry/PlanarGeometry.swift", KilnGeometry_PlanarGeometry_swift, sizeof KilnGeometry_PlanarGeometry_swift},
    {"KilnGeometry/PoolAxis.swift", KilnGeometry_PoolAxis_swift, sizeof KilnGeometry_PoolAxis_swift},
    {"KilnGeometry/PoolWindow.swift", KilnGeometry_PoolWindow_swift, sizeof KilnGeometry_PoolWindow_swift},
    {"KilnGeometry/RecurrenceGeometry.swift", KilnGeometry_RecurrenceGeometry_swift, sizeof KilnGeometry_RecurrenceGeometry_swift},
    {"KilnGeometry/RegionGeometry.swift", KilnGeometry_RegionGeometry_swift, sizeof KilnGeometry_RegionGeometry_swift},
    {"KilnGeometry/ResampledAxis.swift", KilnGeometry_ResampledAxis_swift, sizeof KilnGeometry_ResampledAxis_swift},
    {"KilnGeometry/SamplingGeometry.swift", KilnGeometry_SamplingGeometry_swift, sizeof KilnGeometry_SamplingGeometry_swift},
    {"KilnGeometry/WinogradGeometry.swift", KilnGeometry_WinogradGeometry_swift, sizeof KilnGeometry_WinogradGeometry_swift},
    {"KilnIntrinsics/KilnIntrinsics.c", KilnIntrinsics_KilnIntrinsics_c, sizeof KilnIntrinsics_KilnIntrinsics_c},
    {"KilnIntrinsics/KilnThreads.c", KilnIntrinsics_KilnThreads_c, sizeof KilnIntrinsics_KilnThreads_c},
    {"KilnIntrinsics/include/KilnHalves.h", KilnIntrinsics_include_KilnHalves_h, sizeof KilnIntrinsics_include_KilnHalves_h},
    {"KilnIntrinsics/include/KilnIntegers.h", KilnIntrinsics_include_KilnIntegers_h, sizeof KilnIntrinsics_include_KilnIntegers_h},
    {"KilnIntrinsics/include/KilnIntrinsics.h", KilnIntrinsics_include_KilnIntrinsics_h, sizeof KilnIntrinsics_include_KilnIntrinsics_h},
    {"KilnIntrinsics/include/KilnThreads.h", KilnIntrinsics_include_KilnThreads_h, sizeof KilnIntrinsics_include_KilnThreads_h},
    {"KilnRuntime/Activations.swift", KilnRuntime_Activations_swift, sizeof KilnRuntime_Activations_swift},
    {"KilnRuntime/Arithmetic.swift", KilnRuntime_Arithmetic_swift, sizeof KilnRuntime_Arithmetic_swift},
    {"KilnRuntime/Border.swift", KilnRuntime_Border_swift, sizeof KilnRuntime_Border_swift},
    {"KilnRuntime/ByteConvolution.swift", KilnRuntime_ByteConvolution_swift, sizeof KilnRuntime_ByteConvolution_swift},
    {"KilnRuntime/BytePool.swift", KilnRuntime_BytePool_swift, sizeof KilnRuntime_BytePool_swift},
    {"KilnRuntime/ByteProducts.swift", KilnRuntime_ByteProducts_swift, sizeof KilnRuntime_ByteProducts_swift},
    {"KilnRuntime/ByteWinograd.swift", KilnRuntime_ByteWinograd_swift, sizeof KilnRuntime_ByteWinograd_swift},
    {"KilnRuntime/ChannelAffine.swift", KilnRuntime_ChannelAffine_swift, sizeof KilnRuntime_ChannelAffine_swift},
    {"KilnRuntime/Copy.swift", KilnRuntime_Copy_swift, sizeof KilnRuntime_Copy_swift},
    {"KilnRuntime/CopyScalars.swift", KilnRuntime_CopyScalars_swift, sizeof KilnRuntime_CopyScalars_swift},
    {"KilnRuntime/DepthwiseConvolution.swift", KilnRuntime_DepthwiseConvolution_swift, sizeof KilnRuntime_DepthwiseConvolution_swift},
    {"KilnRuntime/Determinant.swift", KilnRuntime_Determinant_swift, sizeof KilnRuntime_Determinant_swift},
    {"KilnRuntime/DirectConvolution.swift", KilnRuntime_DirectConvolution_swift, sizeof KilnRuntime_DirectConvolution_swift},
    {"KilnRuntime/DoubleFunctions.swift", KilnRuntime_DoubleFunctions_swift, sizeof KilnRuntime_DoubleFunctions_swift},
    {"KilnRuntime/ElementFunctions.swift", KilnRuntime_ElementFunctions_swift, sizeof KilnRuntime_ElementFunctions_swift},
    {"KilnRuntime/Elementwise.swift", KilnRuntime_Elementwise_swift, sizeof KilnRuntime_Elementwise_swift},
    {"KilnRuntime/Exponential.swift", KilnRuntime_Exponential_swift, sizeof KilnRuntime_Exponential_swift},
    {"KilnRuntime/FractionalPower.swift", KilnRuntime_FractionalPower_swift, sizeof KilnRuntime_FractionalPower_swift},
    {"KilnRuntime/Gather.swift", KilnRuntime_Gather_swift, sizeof KilnRuntime_Gather_swift},
    {"KilnRuntime/GridSample.swift", KilnRuntime_GridSample_swift, sizeof KilnRuntime_GridSample_swift},
    {"KilnRuntime/HalfConvolution.swift", KilnRuntime_HalfConvolution_swift, sizeof KilnRuntime_HalfConvolution_swift},
    {"KilnRuntime/HalfLanes.swift", KilnRuntime_HalfLanes_swift, sizeof KilnRuntime_HalfLanes_swift},
    {"KilnRuntime/HalfVectors.swift", KilnRuntime_HalfVectors_swift, sizeof KilnRuntime_HalfVectors_swift},
    {"KilnRuntime/Halves.swift", KilnRuntime_Halves_swift, sizeof KilnRuntime_Halves_swift},
    {"KilnRuntime/Hyperbolics.swift", KilnRuntime_Hyperbolics_swift, sizeof KilnRuntime_Hyperbolics_swift},
    {"KilnRuntime/IndexTuples.swift", KilnRuntime_IndexTuples_swift, sizeof KilnRuntime_IndexTuples_swift},
    {"KilnRuntime/IntegerVectors.swift", KilnRuntime_IntegerVectors_swift, sizeof KilnRuntime_IntegerVectors_swift},
    {"KilnRuntime/InverseTrigonometry.swift", KilnRuntime_InverseTrigonometry_swift, sizeof KilnRuntime_InverseTrigonometry_swift},
    {"KilnRuntime/JoinedLoads.swift", KilnRuntime_JoinedLoads_swift, sizeof KilnRuntime_JoinedLoads_swift},
    {"KilnRuntime/LocalResponse.swift", KilnRuntime_LocalResponse_swift, sizeof KilnRuntime_LocalResponse_swift},
    {"KilnRuntime/MatrixProduct.swift", KilnRuntime_MatrixProduct_swift, sizeof KilnRuntime_MatrixProduct_swift},
    {"KilnRuntime/NarrowConvolution.swift", KilnRuntime_NarrowConvolution_swift, sizeof KilnRuntime_NarrowConvolution_swift},
    {"KilnRuntime/NarrowNumbers.swift", KilnRuntime_NarrowNumbers_swift, sizeof KilnRuntime_NarrowNumbers_swift},
    {"KilnRuntime/NarrowWeights.swift", KilnRuntime_NarrowWeights_swift, sizeof KilnRuntime_NarrowWeights_swift},
    {"KilnRuntime/Normalization.swift", KilnRuntime_Normalization_swift, sizeof KilnRuntime_Normalization_swift},
    {"KilnRuntime/Numbers.swift", KilnRuntime_Numbers_swift, sizeof KilnRuntime_Numbers_swift},
    {"KilnRuntime/PairProducts.swift", KilnRuntime_PairProducts_swift, sizeof KilnRuntime_PairProducts_swift},
    {"KilnRuntime/PixelConversion.swift", KilnRuntime_PixelConversion_swift, sizeof KilnRuntime_PixelConversion_swift},
    {"KilnRuntime/Places.swift", KilnRuntime_Places_swift, sizeof KilnRuntime_Places_swift},
    {"KilnRuntime/PlanarConvolution.swift", KilnRuntime_PlanarConvolution_swift, sizeof KilnRuntime_PlanarConvolution_swift},
    {"KilnRuntime/Pool.swift", KilnRuntime_Pool_swift, sizeof KilnRuntime_Pool_swift},
    {"KilnRuntime/QuantizedElements.swift", KilnRuntime_QuantizedElements_swift, sizeof KilnRuntime_QuantizedElements_swift},
    {"KilnRuntime/Ranking.swift", KilnRuntime_Ranking_swift, sizeof KilnRuntime_Ranking_swift},
    {"KilnRuntime/Recurrence.swift", KilnRuntime_Recurrence_swift, sizeof KilnRuntime_Recurrence_swift},
    {"KilnRuntime/Reduction.swift", KilnRuntime_Reduction_swift, sizeof KilnRuntime_Reduction_swift},
    {"KilnRuntime/Regions.swift", KilnRuntime_Regions_swift, sizeof KilnRuntime_Regions_swift},
    {"KilnRuntime/Resample.swift", KilnRuntime_Resample_swift, sizeof KilnRuntime_Resample_swift},
    {"KilnRuntime/ScalarPool.swift", KilnRuntime_ScalarPool_swift, sizeof KilnRuntime_ScalarPool_swift},
    {"KilnRuntime/ScalarProduct.swift", KilnRuntime_ScalarProduct_swift, sizeof KilnRuntime_ScalarProduct_swift},
    {"KilnRuntime/ScalarReduction.swift", KilnRuntime_ScalarReduction_swift, sizeof KilnRuntime_ScalarReduction_swift},
    {"KilnRuntime/Scalars.swift", KilnRuntime_Scalars_swift, sizeof KilnRuntime_Scalars_swift},
    {"KilnRuntime/Softmax.swift", KilnRuntime_Softmax_swift, sizeof KilnRuntime_Softmax_swift},
    {"KilnRuntime/StateProducts.swift", KilnRuntime_StateProducts_swift, sizeof KilnRuntime_StateProducts_swift},
    {"KilnRuntime/Strided.swift", KilnRuntime_Strided_swift, sizeof KilnRuntime_Strided_swift},
    {"KilnRuntime/Strips.swift", KilnRuntime_Strips_swift, sizeof KilnRuntime_Strips_swift},
    {"KilnRuntime/Suppression.swift", KilnRuntime_Suppression_swift, sizeof KilnRuntime_Suppression_swift},
    {"KilnRuntime/Trigonometry.swift", KilnRuntime_Trigonometry_swift, sizeof KilnRuntime_Trigonometry_swift},
    {"KilnRuntime/Vector.swift", KilnRuntime_Vector_swift, sizeof KilnRuntime_Vector_swift},
    {"KilnRuntime/WideNumbers.swift", KilnRuntime_WideNumbers_swift, sizeof KilnRuntime_WideNumbers_swift},
    {"KilnRuntime/WidenedPixels.swift", KilnRuntime_WidenedPixels_swift, sizeof KilnRuntime_WidenedPixels_swift},
    {"KilnRuntime/WinogradConvolution.swift", KilnRuntime_WinogradConvolution_swift, sizeof KilnRuntime_WinogradConvolution_swift},
    {"KilnRuntime/WinogradLanes.swift", KilnRuntime_WinogradLanes_swift, sizeof KilnRuntime_WinogradLanes_swift},
    {"KilnRuntime/WinogradPlace.swift", KilnRuntime_WinogradPlace_swift, sizeof KilnRuntime_WinogradPlace_swift},
    {"KilnRuntime/WinogradTransform2.swift", KilnRuntime_WinogradTransform2_swift, sizeof KilnRuntime_WinogradTransform2_swift},
    {"KilnRuntime/WinogradTransform4.swift", KilnRuntime_WinogradTransform4_swift, sizeof KilnRuntime_WinogradTransform4_swift},
    {"Report/1-elements.js", Report_1_elements_js, sizeof Report_1_elements_js},
    {"Report/2-index.js", Report_2_index_js, sizeof Report_2_index_js},
    {"Report/3-detail.js", Report_3_detail_js, sizeof Report_3_detail_js},
    {"Report/4-graph.js", Report_4_graph_js, sizeof Report_4_graph_js},
    {"Report/5-tables.js", Report_5_tables_js, sizeof Report_5_tables_js},
    {"Report/6-memory.js", Report_6_memory_js, sizeof Report_6_memory_js},
    {"Report/7-search.js", Report_7_search_js, sizeof Report_7_search_js},
    {"Report/8-start.js", Report_8_start_js, sizeof Report_8_start_js},
    {"Report/page.css", Report_page_css, sizeof Report_page_css},
    {"Report/page.html", Report_page_html, sizeof Report_page_html},
    {"Targets/generic-aarch64.json", Targets_generic_aarch64_json, sizeof Targets_generic_aarch64_json},
    {"Targets/raspberry-pi-3.json", Targets_raspberry_pi_3_json, sizeof Targets_raspberry_pi_3_json},
    {"Targets/raspberry-pi-4.json", Targets_raspberry_pi_4_json, sizeof Targets_raspberry_pi_4_json},
    {"Targets/raspberry-pi-5.json", Targets_raspberry_pi_5_json, sizeof Targets_raspberry_pi_5_json},
    {"Targets/raspberry-pi-zero-2-w.json", Targets_raspberry_pi_zero_2_w_json, sizeof Targets_raspberry_pi_zero_2_w_json},
    {"Targets/x86-64-v2.json", Targets_x86_64_v2_json, sizeof Targets_x86_64_v2_json},
    {"Targets/x86-64-v3.json", Targets_x86_64_v3_json, sizeof Targets_x86_64_v3_json},
    {"Targets/x86-64-v4-vnni.json", Targets_x86_64_v4_vnni_json, sizeof Targets_x86_64_v4_vnni_json},
    {"Targets/x86-64-v4.json", Targets_x86_64_v4_json, sizeof Targets_x86_64_v4_json},
    {"toolchain/common.bash", toolchain_common_bash, sizeof toolchain_common_bash},
    {"toolchain/prove-no-allocation", toolchain_prove_no_allocation, sizeof toolchain_prove_no_allocation},
};

const KilnCarriedFile *kiln_carried_file(size_t index) {
  return index < sizeof files / sizeof files[0] ? &files[index] : NULL;
}
