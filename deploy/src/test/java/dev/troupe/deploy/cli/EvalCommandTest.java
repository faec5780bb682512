package dev.troupe.deploy.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EvalCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final List<EvalJob.Request> evaluated = new ArrayList<>();

  @TempDir Path folder;

  private int run(String... arguments) {
    EvalCommand command =
        new EvalCommand(
            request -> {
              evaluated.add(request);
              return EvalResults.everything();
            });
    return Cli.of(command).writingTo(new PrintWriter(out), new PrintWriter(err)).run(arguments);
  }

  @Test
  void printsATable() {
    assertEquals(0, run("eval", "--checkpoint", "c", "--data", "a.txt", "b.txt"));
    List<String> lines = out.toString().lines().toList();
    for (String line :
        List.of(
            "    1.0000       2.718     0.3607           100  a.txt",
            "    1.7500       5.755     0.7213           400  all",
            "    3.0000      20.086     1.4427                   100%  the blend's held-out parts",
            "task           n  shots  acc                acc_norm",
            "sums           2      3  0.5000 ± 0.5000    1.0000 ± 0.0000",
            "single         1      0  1.0000             1.0000")) {
      assertTrue(lines.contains(line), () -> line + " is not in\n" + out);
    }
  }

  @Test
  void writesJson() throws IOException {
    Path file = folder.resolve("result.json");
    Path details = folder.resolve("details.jsonl");
    assertEquals(
        0,
        run(
            "eval",
            "--checkpoint=c",
            "--task=t.jsonl",
            "--json",
            "--out=" + file,
            "--details=" + details),
        err::toString);
    JsonObject json = JsonParser.parseString(out.toString()).getAsJsonObject();
    assertEquals(json, JsonParser.parseString(Files.readString(file)));
    assertEquals(EvalResults.JSON, json.toString());
    assertEquals(EvalResults.DETAILS, Files.readString(details));
    try (var files = Files.list(folder)) {
      assertEquals(2, files.count());
    }
  }

  @Test
  void hasTheContractsOptions() {
    assertEquals(
        0,
        run(
            ("eval --checkpoint c --data a b --blend --tokens 9 --context 8 --stride 4 --by-document"
                    + " --task t u --few-shot 3 --few-shot-file s --seed 5 --dp 2 --tp 4")
                .split(" ", -1)),
        err::toString);
    assertEquals(0, run("eval", "--checkpoint", "c", "--blend", "b.conf"), err::toString);
    List<Path> none = List.of();
    assertEquals(
        List.of(
            new EvalJob.Request(
                Path.of("c"),
                new EvalJob.Texts(
                    List.of(Path.of("a"), Path.of("b")), new EvalJob.Blend(null), 9, 8, 4, true),
                new EvalJob.Tasks(List.of(Path.of("t"), Path.of("u")), 3, Path.of("s"), 5L),
                2,
                4),
            new EvalJob.Request(
                Path.of("c"),
                new EvalJob.Texts(
                    none, new EvalJob.Blend(Path.of("b.conf")), EvalJob.Texts.ALL, 0, 0, false),
                new EvalJob.Tasks(none, 0, null, null),
                1,
                1)),
        evaluated);
  }

  @ParameterizedTest
  @CsvSource({
    "'', nothing to evaluate",
    "--data a --tokens 0, --tokens = 0",
    "--data a --context 0, --context = 0",
    "--data a --stride -1, --stride = -1",
    "--data a --dp 0, --dp = 0",
    "--data a --tp 0, --tp = 0",
    "--data a --few-shot 1, give --task",
    "--data a --details d, give --task",
    "--task a --tokens 5, give --data",
    "--task a --by-document, give --data",
    "--task a --few-shot -1, --few-shot = -1",
    "--task a --seed 1, give --few-shot",
    "--task a --few-shot-file b, give --few-shot",
    "--data a --out no-such-folder/r.json, --out = no-such-folder/r.json",
    "--data a --out ., --out = .",
    "--data, --data"
  })
  void refusesWhatItCannotDo(String options, String message) {
    assertEquals(2, run(("eval --checkpoint c " + options).strip().split(" ", -1)));
    assertTrue(err.toString().contains(message), err::toString);
    assertTrue(evaluated.isEmpty());
  }
}
