package dev.troupe.deploy.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class VerdictTest {
  private final List<JsonObject> events = new ArrayList<>();

  private void line(String text) {
    events.add(JsonParser.parseString(text.replace('\'', '"')).getAsJsonObject());
  }

  private void injected(int id, String kind, boolean due) {
    line(
        "{'event':'fault-injected','id':%d,'kind':'%s','fault':'%s','target':'rank 1','must_be_noticed':%s,'overlapping':false}"
            .formatted(id, kind, kind, due));
  }

  private void detected(int id, double seconds) {
    line("{'event':'fault-detected','id':%d,'seconds':%s}".formatted(id, seconds));
  }

  private void recovered(int id, double seconds, int recomputed, int lost) {
    line(
        "{'event':'fault-recovered','id':%d,'seconds':%s,'recomputed':%d,'lost':%d}"
            .formatted(id, seconds, recomputed, lost));
  }

  private Verdict verdict(int planned) {
    return Verdict.of(planned, events, 0, true, Optional.empty());
  }

  @Test
  void aRunThatLostNothingHolds() {
    for (int id = 1; id <= 20; id++) {
      injected(id, "kill9", true);
      detected(id, id / 10.0);
      recovered(id, id, 1, 0);
    }
    line("{'event':'regrouping','id':3}");
    Verdict verdict = verdict(20);
    assertEquals(List.of(), verdict.failures());
    KindRow row = verdict.rows().getFirst();
    assertEquals(20, row.faults());
    assertEquals(0, row.missed());
    assertEquals(20, row.recomputed());
    assertEquals(10, row.recovered().median());
    assertEquals(19, row.recovered().p95());
    assertEquals(20, row.recovered().p99());
    assertEquals(2.0, row.noticed().max());
  }

  @Test
  void whatDidNotHoldIsNamed() {
    injected(1, "nan", true);
    injected(2, "kill9", true);
    detected(2, 0.1);
    recovered(2, 1, 30, 29);
    injected(3, "sigstop", false);
    detected(3, 0.5);
    line("{'event':'unexplained-loss','node':'node-0'}");
    String failures = verdict(5).failures().stream().collect(Collectors.joining("\n"));
    assertTrue(failures.contains("2 faults of the plan never struck"), failures);
    assertTrue(failures.contains("29 committed steps were lost"), failures);
    assertTrue(failures.contains("1 faults were not noticed"), failures);
    assertTrue(failures.contains("2 processes were given up though"), failures);
  }

  @Test
  void faultsThatWereNotDoneOrWipedOutAreNotMissed() {
    injected(1, "cut", true);
    line("{'event':'fault-refused','id':1,'problem':'no root'}");
    injected(2, "bitflip", true);
    line("{'event':'fault-masked','id':2}");
    Verdict verdict = verdict(2);
    assertEquals(List.of(), verdict.failures());
    assertEquals(1, verdict.rows().getFirst().masked());
    assertEquals(1, verdict.rows().getLast().refused());
    assertEquals(0, verdict.rows().getLast().faults());
  }

  @Test
  void percentilesAreOfTheNearestRank() {
    Percentiles hundred =
        Percentiles.of(DoubleStream.iterate(100, x -> x - 1).limit(100).boxed().toList());
    assertEquals(new Percentiles(100, 50, 95, 99, 100), hundred);
    assertEquals(new Percentiles(1, 7, 7, 7, 7), Percentiles.of(List.of(7.0)));
    assertEquals(new Percentiles(0, 0, 0, 0, 0), Percentiles.of(List.of()));
  }
}
