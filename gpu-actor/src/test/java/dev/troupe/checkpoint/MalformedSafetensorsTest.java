package dev.troupe.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every way in which a safetensors header can be wrong is refused, by file and reason. */
final class MalformedSafetensorsTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[]                                                   | does not begin with {",
        "{'a':                                                | malformed",
        "{'a':1}                                              | malformed",
        "{a:{}}                                               | malformed",
        "{}x                                                  | malformed",
        "{} {}                                                | malformed",
        "{'a':{}}                                             | lacks its dtype",
        "{'a':{'dtype':'F32','shape':[2]}}                    | lacks its dtype",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[8]}} | two data_offsets",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8],'x':1}} | unknown field",
        "{'a':{'dtype':'F32','shape':[2],'shape':[2],'data_offsets':[0,8]}} | twice",
        "{'a':{'dtype':'F31','shape':[2],'data_offsets':[0,8]}} | unknown dtype F31",
        "{'a':{'dtype':4,'shape':[2],'data_offsets':[0,8]}}   | is no text",
        "{'a':{'dtype':'F32','shape':[-2],'data_offsets':[0,8]}} | no whole number",
        "{'a':{'dtype':'F32','shape':[2.0],'data_offsets':[0,8]}} | no whole number",
        "{'a':{'dtype':'F32','shape':['2'],'data_offsets':[0,8]}} | no whole number",
        "{'a':{'dtype':'F32','shape':2,'data_offsets':[0,8]}} | malformed",
        "{'a':{'dtype':'F32','shape':[3],'data_offsets':[0,8]}} | need 12",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[8,0]}} | hole",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}} | hole",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}} | need 4 bytes of data and it has"
            + " 8",
        "{'a':{'dtype':'F32','shape':[4],'data_offsets':[0,16]}} | need 16 bytes",
        "{'a':{'dtype':'F32','shape':[4294967296,4294967296],'data_offsets':[0,8]}} | impossible",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},"
            + "'a':{'dtype':'F32','shape':[0],'data_offsets':[8,8]}}"
            + " | twice",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},"
            + "'b':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}}"
            + " | overlap",
        "{'':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}} | cannot be named",
        "{'__metadata__':{'x':1},'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}} | is no"
            + " text",
        "{'__metadata__':{'x':'1','x':'2'}}                   | twice",
      })
  void refusesAMalformedHeader(String header, String reason) throws IOException {
    assertRefused(file(header.replace('\'', '"').getBytes(StandardCharsets.UTF_8)), reason);
  }

  @Test
  void acceptsTheHeaderThatTheOthersAreSpoiledFrom() throws IOException {
    String header = "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}";
    Path path = folder.resolve("good");
    Files.write(path, file(header.getBytes(StandardCharsets.UTF_8)));
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      assertEquals(8, file.data("a").byteSize());
    }
  }

  @Test
  void refusesAHeaderThatIsNotUtf8() throws IOException {
    assertRefused(file(new byte[] {'{', '"', (byte) 0xc3, '"', '}'}), "not UTF-8");
  }

  @Test
  void refusesAnImpossibleHeaderLength() throws IOException {
    assertRefused(new byte[0], "only 0 bytes");
    assertRefused(new byte[] {2, 0, 0, 0, 0, 0, 0}, "only 7 bytes");
    assertRefused(withLength(0), "header has 0 bytes");
    assertRefused(withLength(11), "header has 11 bytes but the file only 18");
    assertRefused(withLength(100_000_001), "header has 100000001 bytes");
    assertRefused(withLength(-1), "header has 18446744073709551615 bytes");
  }

  @Test
  void refusesAMissingFileAndAFolder() {
    Path missing = folder.resolve("missing");
    Refusals.assertRefused(() -> SafetensorsFile.open(missing), missing + " does not exist");
    Refusals.assertRefused(() -> SafetensorsFile.open(folder), folder);
  }

  private void assertRefused(byte[] bytes, String reason) throws IOException {
    Path path = Files.write(folder.resolve("bad.safetensors"), bytes);
    Refusals.assertRefused(() -> SafetensorsFile.open(path).close(), path, reason);
  }

  private static byte[] withLength(long length) {
    byte[] bytes = file("{}        ".getBytes(StandardCharsets.UTF_8), 0);
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
    return bytes;
  }

  private static byte[] file(byte[] header) {
    return file(header, 8);
  }

  private static byte[] file(byte[] header, int dataBytes) {
    return ByteBuffer.allocate(8 + header.length + dataBytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(header.length)
        .put(header)
        .array();
  }
}
