package dev.troupe.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.troupe.collectives.device.DataType;
import dev.troupe.kernels.AttentionTrial.Case;
import dev.troupe.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
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

  /** The shapes again, and longer ones, in which tiles are left out. */
  static List<Case> documents() {
    List<Case> cases = new ArrayList<>(training());
    for (DataType type : List.of(DataType.FLOAT32, DataType.BFLOAT16)) {
      cases.add(new Case(type, new AttentionShape(1, 1300, 1300, 1, 1, 4)));
      cases.add(new Case(type, new AttentionShape(2, 66, 530, 2, 1, 8), 531));
    }
    return cases.stream().map(Case::withDocuments).toList();
  }

  @ParameterizedTest
  @MethodSource({"training", "caches", "documents"})
  void forwardMeetsTheReference(Case c) {
    new AttentionTrial(device, c, false).forwardMeetsTheReference();
  }

  @ParameterizedTest
  @MethodSource({"training", "documents"})
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
  void rowsDoNotDependOnOtherDocuments() {
    AttentionShape shape = new AttentionShape(1, 700, 700, 2, 1, 8);
    Matrix firstKeys = Documents.firstKeys(shape, 9);
    int from = (int) firstKeys.at(699, 0);
    Case c = new Case(DataType.FLOAT32, shape).withDocuments();
    AttentionTrial trial = new AttentionTrial(device, c, false);
    Matrix before = trial.forward();
    device.write(trial.keys().rows(0, from), Matrix.normal(from, 8, 20));
    device.write(trial.values().rows(0, from), Matrix.normal(from, 8, 21));
    Matrix after = trial.forward();
    assertArrayEquals(before.rows(from, 700 - from).data(), after.rows(from, 700 - from).data());
    assertThrows(
        AssertionError.class,
        () -> assertArrayEquals(before.rows(from - 1, 1).data(), after.rows(from - 1, 1).data()));
  }

  /** A mask that hides nothing leaves every bit as it is. */
  @Test
  void oneDocumentGivesTheBitsOfNoMask() {
    for (DataType type : List.of(DataType.FLOAT32, DataType.BFLOAT16)) {
      AttentionShape shape = new AttentionShape(2, 130, 130, 4, 2, 18);
      Tensor q = device.tensor(type, Matrix.normal(260, 72, 1));
      Tensor k = device.tensor(type, Matrix.normal(260, 36, 2));
      Tensor v = device.tensor(type, Matrix.normal(260, 36, 3));
      Tensor dOut = device.tensor(type, Matrix.normal(260, 72, 4));
      List<Tensor> results = new ArrayList<>();
      for (Tensor firstKeys : Arrays.asList(null, device.zeros(DataType.INT32, 260, 1))) {
        Tensor out = device.zeros(type, 260, 72);
        Tensor lse = device.zeros(DataType.FLOAT32, 8, 130);
        device.kernels().attention(out, lse, q, k, v, firstKeys, shape);
        Tensor dq = device.zeros(type, 260, 72);
        Tensor dk = device.zeros(type, 260, 36);
        Tensor dv = device.zeros(type, 260, 36);
        device.kernels().attentionBackward(dq, dk, dv, dOut, out, lse, q, k, v, firstKeys, shape);
        results.addAll(List.of(out, lse, dq, dk, dv));
      }
      for (int i = 0; i < 5; i++) {
        assertArrayEquals(
            device.read(results.get(i)).data(), device.read(results.get(i + 5)).data());
      }
    }
  }

  @Test
  void refusesHeadsThatDoNotGroupAndFewerKeysThanQueries() {
    assertThrows(IllegalArgumentException.class, () -> new AttentionShape(1, 4, 4, 3, 2, 8));
    assertThrows(IllegalArgumentException.class, () -> new AttentionShape(1, 5, 4, 2, 2, 8));
  }
}
