package dev.troupe.deploy.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.spec.ClusterSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ApiAccessTest {
  @TempDir Path folder;

  private Path token(String text, String permissions) throws IOException {
    Path file = Files.writeString(folder.resolve("token"), text);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
  }

  private static ApiAccess access(String host, @Nullable Path token) {
    return ApiAccess.of(new ClusterSpec.Api(host, 0, token == null ? null : token.toString()));
  }

  private static String refusal(String host, @Nullable Path token) {
    TroupeException e = assertThrows(TroupeException.class, () -> access(host, token));
    assertEquals(Category.USAGE, e.category());
    return String.valueOf(e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::", "192.0.2.1"})
  void beyondLoopbackNeedsAToken(String host) throws IOException {
    assertTrue(refusal(host, null).contains("api.token-file"));
    assertFalse(access(host, token("abc", "rw-------")).allows(null));
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1", "localhost"})
  void loopbackNeedsNone(String host) {
    assertTrue(access(host, null).allows(null));
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r-----", "rw----r--"})
  void aTokenThatOthersCanReadIsRefused(String permissions) throws IOException {
    assertTrue(refusal("127.0.0.1", token("abc", permissions)).contains("chmod 600"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " \n", "two words", "two\nlines", "bell\u0007"})
  void aTokenIsOneWord(String text) throws IOException {
    assertTrue(refusal("127.0.0.1", token(text, "rw-------")).contains("printable"));
  }

  @Test
  void aMissingTokenFileIsNamed() {
    assertTrue(refusal("127.0.0.1", folder.resolve("none")).contains("none"));
  }

  @Test
  void onlyTheWholeTokenIsAllowed() throws IOException {
    ApiAccess access = access("127.0.0.1", token("abc\n", "r--------"));
    assertTrue(access.allows("Bearer abc"));
    assertFalse(access.allows("Bearer abcd"));
    assertFalse(access.allows("Bearer "));
    assertFalse(access.allows("abc"));
    assertFalse(access.allows(null));
  }
}
