import Foundation
import KilnEmission
import KilnGraph
import KilnPasses
import Testing

/// The models of `Tests/Networks/cases` in which something lies between what is folded, or is written in pieces: which
/// operators remain.
///
/// That their results are the same is tested with all other cases.
struct SeparatedFoldTests {
  @Test(arguments: remaining.keys.sorted()) func `what remains beside moved elements`(name: String) throws {
    let result = try Passes.run(on: NetworkPassTests.graph("cases/" + name)).graph
    let movements = ["Transpose", "Reshape", "Slice", "Concat"]
    #expect(summary(result).filter { !movements.contains($0) } == Self.remaining[name])
  }

  @Test func `every such case is here`() {
    let prefixes = ["view_", "join_", "difference_", "norm_", "weight_", "gelu_"]
    let names = NetworkPassTests.cases.filter { name in prefixes.contains { name.hasPrefix($0) } }
    #expect(names == Self.remaining.keys.sorted())
  }

  @Test(arguments: remaining.keys.sorted().filter { $0.hasPrefix("norm_") && !$0.contains("_layer_in_pieces") })
  func `normalisations are transposed at the network's ends only`(name: String) throws {
    let result = try Passes.run(on: NetworkPassTests.graph("cases/" + name)).graph
    #expect(NetworkPassTests.count("Transpose", in: result) <= 2)
  }

  static let remaining: [String: [String]] = [
    "view_bn_after_flattened_linear": ["Linear+HardSwish"],
    "view_bn_after_flattened_linear_residual": ["Linear+Relu"],
    "view_bn_after_global_pool": ["Conv", "ReduceMean", "Relu"],
    "view_bn_after_pixel_shuffle_crd": ["Conv+Relu"],
    "view_bn_after_pixel_shuffle_dcr": ["Conv+Relu"],
    "view_bn_after_pooled_conv": ["Conv", "AveragePool", "Relu"],
    "view_bn_after_sum_of_convs": ["Conv", "Conv+add+Relu"],
    "view_bn_after_transposed_linear": ["Linear+Relu"],
    "view_bn_after_unsqueezed_linear": ["Linear+Relu"],
    "view_bn_after_upsampled_conv": ["Conv", "Resize", "Relu"],
    "view_bn_before_concat_of_conv": ["Relu", "MaxPool", "Conv+Relu"],
    "view_bn_before_flattened_linear": ["MaxPool", "Linear"],
    "view_bn_before_transposed_linear": ["Relu", "Linear"],
    "view_not_folded_concat_of_padded_conv": ["Relu", "ChannelAffine", "Tanh", "Conv+Relu"],
    "view_not_folded_flat_is_output": ["Linear", "ChannelAffine"],
    "view_not_folded_maximum": ["Conv", "MaxPool", "ChannelAffine+Relu"],
    "view_not_folded_pad": ["Conv", "Pad", "ChannelAffine+Relu"],
    "view_not_folded_padded_average": ["Conv", "AveragePool", "ChannelAffine+Relu"],
    "view_not_folded_terms_of_pixels": ["Conv", "ChannelAffine+Relu"],
    "view_not_folded_tokens": ["Linear", "ChannelAffine+Relu"],
    "view_not_folded_two_users": ["Linear", "Sigmoid", "ChannelAffine+add"],
    "view_relu_after_transposed_conv_image": ["Conv+Relu"],
    "view_scale_after_transposed_conv_image": ["Conv"],
    "view_scale_of_attention": ["Linear", "MatMul", "Softmax", "MatMul", "Linear"],
    "view_scale_of_heads": ["Linear"],
    "view_subtracted_conv": ["Conv+Relu", "Conv+add"],
    "join_bn_nested": ["Conv+Relu", "Conv+Relu", "ConvTranspose+Relu"],
    "join_bn_of_depthwise_convs": ["Conv+Swish", "Conv+Swish"],
    "join_bn_of_rows": ["Conv+Relu", "Conv+Relu"],
    "join_bn_part_has_two_users": ["Conv", "Conv+Relu", "ChannelAffine+Relu", "ReduceMean", "Add"],
    "join_bn_partly_linear": ["Conv+Relu", "MaxPool", "ChannelAffine+Relu"],
    "join_bn_residual": ["Conv+add+Relu", "Conv+add+Relu"],
    "join_bn_same_part_twice": ["Conv", "Conv+Relu", "ChannelAffine+Relu", "ChannelAffine+Relu"],
    "join_bn_then_split": ["Conv", "Conv", "Relu", "Tanh"],
    "join_bn_with_constant": ["Conv+Relu"],
    "join_not_folded_activated_parts": ["Conv+Relu", "Conv+Tanh", "ChannelAffine"],
    "join_not_folded_no_layer": ["Tanh", "MaxPool", "ChannelAffine+Relu"],
    "join_not_folded_overlapping_slices": ["Conv", "ChannelAffine+Relu", "Tanh"],
    "join_not_folded_partly_linear_residual": ["Conv", "MaxPool", "ChannelAffine+add+Relu"],
    "join_scale_of_linears": ["Linear+Relu", "Linear+Relu"],
    "join_split_then_bn": ["Conv", "Conv", "Relu", "Relu"],
    "join_split_then_bn_of_one": ["Conv", "Relu", "Tanh"],
    "difference_not_merged_activation": ["Conv+Tanh", "ChannelAffine", "Sub", "Mul", "Add"],
    "difference_not_merged_two_users": ["Conv", "Tanh", "Sub", "Mul", "Add"],
    "difference_of_convs": ["Conv+Relu"],
    "difference_of_identity": ["Conv+Relu"],
    "difference_of_linears": ["Linear+Relu"],
    "difference_repmixer": ["Conv"],
    "difference_repmixer_divided": ["Conv+Relu"],
    "difference_scaled_twice": ["Conv+Relu"],
    "difference_two_sources": ["Conv", "Conv+add+Relu"],
    "difference_with_another_term": ["MaxPool", "Conv", "ChannelAffine+add+Relu"],
    "norm_group_before_add": ["Conv", "GroupNormalization+add+Relu"],
    "norm_group_many_members": ["Conv", "GroupNormalization+Relu", "Conv"],
    "norm_group_no_affine_silu": ["Conv", "GroupNormalization+Swish", "Conv"],
    "norm_group_one_group": ["Conv", "GroupNormalization+Relu", "Conv"],
    "norm_group_opset21": ["Conv", "GroupNormalization+Relu", "Conv"],
    "norm_group_own_groups": ["Conv", "GroupNormalization+Relu", "Conv"],
    "norm_group_three_members": ["Conv", "GroupNormalization+Relu", "Conv"],
    "norm_group_two_members": ["Conv", "GroupNormalization+Relu", "Conv"],
    "norm_instance_in_pieces": ["Conv", "GroupNormalization+Relu", "Conv"],
    "norm_instance_of_batch": ["Conv", "GroupNormalization+Relu", "Conv"],
    "norm_instance_relu": ["Conv", "GroupNormalization+Relu", "Conv"],
    "norm_layer_in_pieces": ["LayerNormalization+Relu", "Linear"],
    "norm_layer_of_channels": ["Conv", "LayerNormalization+Relu", "Conv"],
    "norm_layer_of_image": ["Conv", "GroupNormalization+Relu", "Conv"],
    "norm_not_recognized_groups_cut_channels": ["Conv", "GroupNormalization+Relu"],
    "norm_not_recognized_other_axes": ["Conv", "ReduceMean", "Sub", "Mul", "ReduceMean", "Add", "Sqrt", "Div", "Relu"],
    "norm_not_recognized_other_variance": ["ReduceMean", "Sub", "Mul", "ReduceMean", "Add", "Sqrt", "Div"],
    "norm_not_recognized_two_users": ["Conv", "GroupNormalization", "Relu", "Tanh"],
    "weight_standardised_opset13": ["Conv+Relu"],
    "weight_standardised_opset17": ["Conv+Relu"],
    "gelu_after_layer_norm": ["LayerNormalization+Gelu"],
    "gelu_alone_large_values": ["Gelu", "Gelu"],
    "gelu_depthwise": ["Conv+Gelu"],
    "gelu_erf": ["Conv+Gelu"],
    "gelu_erf_gate_halved": ["Conv+Gelu"],
    "gelu_erf_input_halved": ["Conv+Gelu"],
    "gelu_linear": ["Linear+Gelu"],
    "gelu_not_recognized_other_factor": ["Conv", "Pow", "Mul", "Add", "Mul", "Tanh", "Add", "Mul", "Mul"],
    "gelu_not_recognized_other_operand": ["Conv", "Erf", "Add", "Mul", "Mul"],
    "gelu_not_recognized_two_users": ["Conv", "Div", "Erf", "Add", "Mul", "Mul"],
    "gelu_of_concat": ["Conv+Gelu", "Conv+Gelu"],
    "gelu_opset20_none": ["Conv+Gelu"],
    "gelu_opset20_tanh": ["Conv+Gelu"],
    "gelu_residual": ["Conv+Gelu+add"],
    "gelu_tanh_horner": ["Conv+Gelu"],
    "gelu_tanh_power": ["Conv+Gelu"],
    "gelu_tanh_product": ["Conv+Gelu"],
    "gelu_transposed_conv": ["ConvTranspose+Gelu"],
    "gelu_winograd": ["Conv+Gelu"],
  ]
}
