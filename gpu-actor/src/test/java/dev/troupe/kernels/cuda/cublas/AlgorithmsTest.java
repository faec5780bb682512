package dev.troupe.kernels.cuda.cublas;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.collectives.device.DataType;
import dev.troupe.kernels.Layout;
import dev.troupe.kernels.cuda.GpuMirror;
import java.util.List;
import org.junit.jupiter.api.Test;

class AlgorithmsTest {
  private static final Product PRODUCT =
      new Product(
          Layout.NN, 64, 64, 512, 512, 64, 64, 64, DataType.FLOAT32, DataType.FLOAT32, false, 16);

  @Test
  void shouldOfferAndAcceptNoSplitSumsWhereDeterminismIsAsked() {
    Limits free = new Limits(8 << 20, 0, false);
    Limits deterministic = new Limits(8 << 20, 0, true);
    Limits noRoom = new Limits(0, 0, false);
    try (GpuMirror gpu = GpuMirror.open();
        CublasLt library = new CublasLt();
        Problem problem = new Problem(PRODUCT, free)) {
      List<Algorithm> all = new Algorithms(library, free).expected(PRODUCT, problem, 12);
      Algorithms strict = new Algorithms(library, deterministic);
      List<Algorithm> unsplit = strict.expected(PRODUCT, problem, 12);

      assertTrue(all.size() > unsplit.size() && all.containsAll(unsplit), all + " " + unsplit);
      for (Algorithm algorithm : all) {
        assertTrue(new Algorithms(library, free).valid(algorithm, problem));
        assertEquals(unsplit.contains(algorithm), strict.valid(algorithm, problem));
        assertEquals(
            unsplit.contains(algorithm), new Algorithms(library, noRoom).valid(algorithm, problem));
      }
      assertFalse(strict.valid(new Algorithm("0".repeat(128)), problem));
    }
  }
}
