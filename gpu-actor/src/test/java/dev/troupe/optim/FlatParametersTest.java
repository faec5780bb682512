package dev.troupe.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.collectives.device.DataType;
import dev.troupe.layer.ParameterSpec;
import dev.troupe.model.LlamaLayout;
import dev.troupe.optim.FlatParameters.Bucket;
import dev.troupe.optim.FlatParameters.Placed;
import dev.troupe.tensor.Unbacked;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FlatParametersTest {
  private static FlatParameters flat(int dp, DataType type) {
    List<LlamaLayout.Bucket> layout = OptimizerJobs.layout(1, 0).buckets();
    return FlatParameters.place(layout, dp, type, new Unbacked(), new Unbacked());
  }

  @ParameterizedTest
  @CsvSource({"1,FLOAT32", "2,BFLOAT16", "3,FLOAT32", "7,BFLOAT16"})
  void bucketsFollowEachOtherAndParametersStartAtBlocks(int dp, DataType type) {
    FlatParameters flat = flat(dp, type);
    long start = 0;
    for (Bucket bucket : flat.buckets()) {
      assertEquals(start * type.bytes(), bucket.values().offset());
      assertEquals(start * Float.BYTES, bucket.grads().offset());
      assertEquals(0, bucket.values().count() % ((long) dp * FlatParameters.BLOCK));
      long end = 0;
      for (Placed placed : bucket.parameters()) {
        assertEquals(0, placed.offset() % FlatParameters.BLOCK);
        assertTrue(placed.offset() >= end, "parameters do not overlap");
        long element = start + placed.offset();
        assertEquals(element * type.bytes(), placed.parameter().value().offset());
        assertEquals(element * Float.BYTES, placed.parameter().grad().offset());
        end = placed.end();
      }
      assertTrue(end <= bucket.values().count(), "parameters lie in their bucket");
      start += bucket.values().count();
    }
    assertEquals(start, FlatParameters.elements(OptimizerJobs.layout(1, 0).buckets(), dp));
    assertEquals(start, flat.ownedElements() * dp);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7})
  void ownedRangesPartitionEveryParameter(int dp) {
    FlatParameters flat = flat(dp, DataType.FLOAT32);
    List<OwnedRange> all = new ArrayList<>();
    for (int rank = 0; rank < dp; rank++) {
      List<OwnedRange> own = OwnedRange.of(flat, rank);
      long state = 0;
      for (OwnedRange range : own) {
        assertTrue(range.inState() >= state, "state ranges do not overlap");
        state = range.inState() + range.length();
        long slice = flat.slice(flat.buckets().get(range.bucket()));
        assertTrue(
            range.inBucket() >= rank * slice
                && range.inBucket() + range.length() <= (rank + 1) * slice,
            "the range lies in the rank's slice");
      }
      assertTrue(state <= flat.ownedElements(), "state ranges lie in the state");
      all.addAll(own);
    }
    for (ParameterSpec spec : flat.byName().values().stream().map(p -> p.spec()).toList()) {
      long covered = 0;
      for (OwnedRange range : of(all, spec)) {
        assertEquals(covered, range.from(), spec.name());
        covered = range.to();
      }
      assertEquals(spec.elements(), covered, spec.name());
    }
  }

  private static List<OwnedRange> of(List<OwnedRange> all, ParameterSpec spec) {
    return all.stream()
        .filter(range -> range.parameter().spec().equals(spec))
        .sorted(Comparator.comparingLong(OwnedRange::from))
        .toList();
  }
}
