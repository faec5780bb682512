package dev.troupe.deploy.e2e;

import static dev.troupe.deploy.e2e.Program.tiny;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ctrl-C, SIGTERM and kill -9, at different times. */
class StopTest {
  private static final int INTERRUPTED = 130;
  private static final int KILLED = 137;
  private static final String ENDLESS = "train.steps=1000000";

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"INT", "TERM", "HUP"})
  void aSignalFinishesTheStepSavesAndTheSameCommandGoesOn(String signal)
      throws IOException, InterruptedException {
    Program program = new Program(folder);
    Outcome stopped;
    try (Child child = program.start(tiny(ENDLESS))) {
      child.awaitLine("3/1000000");
      child.signal(signal);
      stopped = child.end().succeeded();
    }
    RunFiles files = program.files();
    long last = files.steps().getLast();
    stopped.said("Stopped after step %,d of 1,000,000".formatted(last));
    assertEquals("step-%08d".formatted(last), files.latest());
    assertEquals(
        "SIG" + signal, files.events("stop-requested").getFirst().get("reason").getAsString());

    program.train("train.steps=" + (last + 2)).succeeded().said("goes on after step");
    assertEquals(LongStream.rangeClosed(1, last + 2).boxed().toList(), files.steps());
  }

  @Test
  void aSecondInterruptEndsAtOnceAndKeepsWhatWasSaved() throws IOException, InterruptedException {
    Program program = new Program(folder);
    program.train("train.steps=1").succeeded();
    Outcome ended;
    // A step of many seconds, which the second signal does not wait for.
    try (Child child =
        program.start(tiny(ENDLESS, "train.global-batch=60000", "train.micro-batch=8"))) {
      child.awaitLine("ready in");
      child.signal("INT");
      child.awaitLine("stopping");
      child.signal("INT");
      ended = child.end();
    }
    assertEquals(INTERRUPTED, ended.exitCode(), ended::toString);
    assertEquals("", ended.err());
    ended.said("Ended at once");
    assertEquals(List.of(1L), program.files().steps());
    assertEquals(List.of("latest", "step-00000001"), program.files().checkpointNames());
  }

  @Test
  void aKilledRunGoesOnFromItsLastCheckpointAndCleansUp() throws IOException, InterruptedException {
    Program program = new Program(folder);
    RunFiles files = program.files();
    try (Child child = program.start(tiny(ENDLESS, "checkpoint.every=1"))) {
      // Which steps are saved is open: one that falls due during a save waits for its end.
      child.awaitLine("checkpoint runs/");
      child.awaitLine("checkpoint runs/");
      child.signal("KILL");
      assertEquals(KILLED, child.end().exitCode());
    }
    long saved = Long.parseLong(files.latest().substring("step-".length()));
    Files.createDirectories(files.checkpoints().resolve("step-00999999.tmp"));
    long steps = files.steps().getLast() + 3;

    Outcome again = program.train("train.steps=" + steps).succeeded();
    again.said("goes on after step %,d".formatted(saved));
    assertEquals(LongStream.rangeClosed(1, steps).boxed().toList(), files.steps());
    assertEquals("step-%08d".formatted(steps), files.latest());
    assertTrue(
        files.checkpointNames().stream().noneMatch(name -> name.endsWith(".tmp")),
        () -> "unfinished saves are still there");
  }

  @Test
  void anInterruptedTokenisationLeavesNothingBehind() throws IOException, InterruptedException {
    Program program = new Program(folder);
    Path cache = Files.createDirectories(folder.resolve("runs/.data"));
    try (WatchService watch = cache.getFileSystem().newWatchService();
        Child child = program.start(tiny("data.bios.people=1000000"))) {
      var _ = cache.register(watch, StandardWatchEventKinds.ENTRY_CREATE);
      awaitTemporary(watch);
      child.signal("INT");
      Outcome ended = child.end();
      assertEquals(INTERRUPTED, ended.exitCode(), ended::toString);
    }
    assertEquals(List.of(), RunFiles.names(cache));
  }

  private static void awaitTemporary(WatchService watch) throws InterruptedException {
    while (true) {
      WatchKey key = watch.poll(30, TimeUnit.SECONDS);
      assertTrue(key != null, "tokenisation does not begin");
      for (WatchEvent<?> event : key.pollEvents()) {
        if (String.valueOf(event.context()).contains(".tmp-")) {
          return;
        }
      }
      key.reset();
    }
  }
}
