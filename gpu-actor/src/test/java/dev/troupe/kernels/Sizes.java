package dev.troupe.kernels;

import dev.troupe.collectives.device.DataType;
import java.util.ArrayList;
import java.util.List;

/** Row kernels' sizes: below, at and above vector widths, one piece of work and several. */
final class Sizes {
  private Sizes() {}

  record Case(DataType type, int rows, int cols) {}

  static List<Case> rowsAndColumns() {
    int[][] sizes = {
      {1, 1}, {1, 3}, {3, 13}, {13, 16}, {16, 17}, {17, 31}, {5, 207}, {207, 33}, {129, 514}
    };
    List<Case> cases = new ArrayList<>();
    for (DataType type : List.of(DataType.FLOAT32, DataType.BFLOAT16)) {
      for (int[] size : sizes) {
        cases.add(new Case(type, size[0], size[1]));
      }
    }
    return cases;
  }
}
