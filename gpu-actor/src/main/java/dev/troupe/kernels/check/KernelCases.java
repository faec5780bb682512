package dev.troupe.kernels.check;

import dev.troupe.collectives.device.DataType;
import java.util.ArrayList;
import java.util.List;

/** Every kernel in every form that the model calls it in, and at sizes that no tile divides. */
public final class KernelCases {
  static final List<DataType> TYPES = List.of(DataType.FLOAT32, DataType.BFLOAT16);

  /** Rows and columns below, at and above warps, vectors and tiles. */
  private static final int[][] ODD = {
    {1, 1}, {3, 13}, {13, 16}, {17, 31}, {5, 207}, {207, 33}, {129, 514}
  };

  /** A slice of a step of a 7B model. */
  private static final int[][] MODEL = {{512, 4096}};

  private static final long SMALL_BYTES = 64L << 20;
  private static final long MODEL_BYTES = 2L << 30;

  private KernelCases() {}

  /**
   * The cases.
   *
   * @param model also sizes of a 7B model, which need a fast device on both sides
   */
  public static List<KernelCase> all(boolean model) {
    List<KernelCase> cases = new ArrayList<>();
    cases.addAll(MatmulCases.odd());
    cases.addAll(MatmulAddCases.odd());
    cases.addAll(AttentionCases.odd());
    cases.addAll(LossCases.odd());
    cases.addAll(EmbeddingCases.odd());
    cases.addAll(OptimizerCases.odd());
    rows(cases, ODD);
    if (model) {
      cases.addAll(MatmulCases.model());
      cases.addAll(MatmulAddCases.model());
      cases.addAll(AttentionCases.model());
      cases.addAll(LossCases.model());
      cases.addAll(EmbeddingCases.model());
      cases.addAll(OptimizerCases.model());
      rows(cases, MODEL);
    }
    return List.copyOf(cases);
  }

  /** Memory that the cases need, one at a time. */
  public static long bytes(boolean model) {
    return model ? MODEL_BYTES : SMALL_BYTES;
  }

  private static void rows(List<KernelCase> cases, int[][] sizes) {
    for (DataType type : TYPES) {
      for (int[] size : sizes) {
        RowCase row = new RowCase(type, size[0], size[1]);
        cases.addAll(NormCases.of(row));
        cases.addAll(ElementwiseCases.of(row));
        cases.addAll(RotaryCases.of(row));
      }
    }
  }

  /** How figures name a type. */
  static String name(DataType type) {
    return switch (type) {
      case FLOAT32 -> "fp32";
      case BFLOAT16 -> "bf16";
      case FLOAT64 -> "fp64";
      case INT32 -> "int32";
      case INT8 -> "int8";
    };
  }
}
