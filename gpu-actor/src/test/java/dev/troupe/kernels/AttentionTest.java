package dev.troupe.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.troupe.collectives.device.DataType;
import dev.troupe.kernels.AttentionTrial.Case;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Lengths around the tiles of 64 queries and 512 keys, grouped heads, strides, caches. */
class AttentionTest {
  private final TestDevice device = open();

  /** The device that is tested; its kernels meet the reference whatever it is. */
  TestDevice open() {
    return TestDevice.cpu(2);
  }

  @AfterEach
  void close() {
    device.close();
  }

  private static final AttentionShape[] SHAPES = {
    new AttentionShape(1, 1, 1, 1, 1, 2),
    new AttentionShape(2, 37, 37, 4, 2, 10),
    new AttentionShape(2, 64, 64, 2, 2, 16),
    new AttentionShape(1, 65, 65, 3, 1, 6),
    new AttentionShape(2, 130, 130, 4, 2, 18),
    new AttentionShape(1, 600, 600, 2, 1, 12)
  };

  static List<Case> training() {
    List<Case> cases = new ArrayList<>();
    for (DataType type : List.of(DataType.FLOAT32, DataType.BFLOAT16)) {
      for (AttentionShape shape : SHAPES) {
        cases.add(new Case(type, shape));
      }
    }
    return cases;
  }

  static List<Case> caches() {
    List<Case> cases = new ArrayList<>();
    for (DataType type : List.of(DataType.FLOAT32, DataType.BFLOAT16)) {
      cases.add(new Case(type, new AttentionShape(1, 1, 1, 4, 2, 8), 3));
      cases.add(new Case(type, new AttentionShape(1, 1, 65, 4, 2, 8), 130));
      cases.add(new Case(type, new AttentionShape(1, 5, 63, 2, 2, 8), 64));
      cases.add(new Case(type, new AttentionShape(2, 70, 97, 2, 1, 8), 101));
      cases.add(new Case(type, new AttentionShape(1, 1, 513, 2, 1, 8), 600));
      cases.add(new Case(type, new AttentionShape(1, 66, 530, 2, 1, 8), 531));
    }
    return cases;
  }

  @ParameterizedTest
  @MethodSource({"training", "caches"})
  void forwardMeetsTheReference(Case c) {
    new AttentionTrial(device, c, false).forwardMeetsTheReference();
  }

  @ParameterizedTest
  @MethodSource("training")
  void backwardMeetsTheReference(Case c) {
    new AttentionTrial(device, c, false).backwardMeetsTheReference();
  }

  @Test
  void rowsDoNotDependOnLaterKeys() {
    Case c = new Case(DataType.FLOAT32, new AttentionShape(1, 70, 70, 2, 1, 8));
    AttentionTrial trial = new AttentionTrial(device, c, false);
    Matrix before = trial.forward();
    device.write(trial.keys().rows(40, 30), Matrix.normal(30, 8, 20));
    device.write(trial.values().rows(40, 30), Matrix.normal(30, 8, 21));
    Matrix after = trial.forward();
    assertArrayEquals(before.rows(0, 40).data(), after.rows(0, 40).data());
    assertThrows(
        AssertionError.class,
        () -> assertArrayEquals(before.rows(40, 1).data(), after.rows(40, 1).data()));
  }

  @Test
  void refusesHeadsThatDoNotGroupAndFewerKeysThanQueries() {
    assertThrows(IllegalArgumentException.class, () -> new AttentionShape(1, 4, 4, 3, 2, 8));
    assertThrows(IllegalArgumentException.class, () -> new AttentionShape(1, 5, 4, 2, 2, 8));
  }
}
