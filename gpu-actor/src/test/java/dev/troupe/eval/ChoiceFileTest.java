package dev.troupe.eval;

import static dev.troupe.data.testing.Failures.assertFails;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.troupe.proto.error.Category;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChoiceFileTest {
  private static final String GOOD =
      "{\"context\": \"2 + 2 =\", \"choices\": [\"4\", \"5\"], \"answer\": 0}\n";

  @TempDir Path folder;

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("task.jsonl"), text);
  }

  @Test
  void readsQuestionsAndTellsWhereTheyStand() throws IOException {
    Path file =
        file(
            GOOD
                + "\n"
                + "{\"id\": 7, \"answer\": 1.0, \"choices\": [\"é\\n\", \" b\"], \"context\": \"\"}");
    assertEquals(
        List.of(
            new ChoiceItem(1, "2 + 2 =", List.of("4", "5"), 0),
            new ChoiceItem(3, "", List.of("é\n", " b"), 1)),
        ChoiceFile.read(file));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'context': 'a', 'choices': ['b', 'c'], 'answer': 2}  | 'answer' = 2 | 0 to 1",
        "{'context': 'a', 'choices': ['b', 'c'], 'answer': -1} | 'answer' = -1 | 0 to 1",
        "{'context': 'a', 'choices': ['b', 'c'], 'answer': 0.5} | 'answer' = 0.5 | from 0",
        "{'context': 'a', 'choices': ['b', 'c'], 'answer': 1e99} | 'answer' = 1e99 | from 0",
        "{'context': 'a', 'choices': ['b', 'c'], 'answer': 'b'} | 'answer' = 'b' | from 0",
        "{'context': 'a', 'choices': ['b', 'c']}               | no 'answer' | from 0",
        "{'context': 'a', 'choices': ['b'], 'answer': 0}       | 1 'choices' | at least 2",
        "{'context': 'a', 'choices': ['b', ''], 'answer': 0}   | empty | 'choices'[1]",
        "{'context': 'a', 'choices': ['b', 3], 'answer': 0}    | 3 as 'choices'[1] | give a text",
        "{'context': 'a', 'choices': 'b', 'answer': 0}         | 'choices' = 'b' | list of texts",
        "{'context': 1, 'choices': ['b', 'c'], 'answer': 0}    | 'context' = 1 | give a text",
        "{'choices': ['b', 'c'], 'answer': 0}                  | no 'context' | give a text",
        "{'context': 'a', 'choices': ['b', 'c'], 'answer': 0   | not a JSON object | {'context'",
        "{'context': 'a'} {'context': 'b'}                     | not | JSON object",
        "['a']                                                 | not one JSON object | {'context'",
        "hello                                                 | not a JSON object | {'context'"
      })
  void whatIsWrongIsNamedWithItsLine(String line, String what, String remedy) throws IOException {
    Path file = file(GOOD + line.replace('\'', '"') + "\n");
    assertFails(
        Category.DATA,
        () -> ChoiceFile.read(file),
        file + " line 2 ",
        what.replace('\'', '"'),
        remedy.replace('\'', '"'));
  }

  @Test
  void aFileThatIsNoneIsNamed() throws IOException {
    Path none = folder.resolve("none.jsonl");
    assertFails(Category.DATA, () -> ChoiceFile.read(none), none.toString(), "does not exist");
    assertFails(Category.DATA, () -> ChoiceFile.read(folder), folder.toString(), "is a file");
    Path empty = file("\n\n");
    assertFails(Category.DATA, () -> ChoiceFile.read(empty), "no question", "\"choices\"");
    Path latin = Files.write(folder.resolve("latin.jsonl"), new byte[] {'{', (byte) 0xE9, '}'});
    assertFails(Category.DATA, () -> ChoiceFile.read(latin), latin.toString(), "not UTF-8");
  }
}
