package dev.troupe.deploy.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** A certificate authority made with the JDK's keytool. */
final class Authority {
  private static final String PASSWORD = "changeit";

  private final Path folder;
  private final Path store;

  /** Makes one with a new key. */
  Authority(Path folder, String name) throws Exception {
    this.folder = Files.createDirectory(folder.resolve(name));
    this.store = this.folder.resolve("store.p12");
    makeKey("ca", "-ext", "bc=ca:true");
    write("ca");
  }

  /** Its own certificate. */
  Path certificate() {
    return folder.resolve("ca.crt");
  }

  /** Makes an identity and signs it. */
  Identity sign(String name, String... options) throws Exception {
    List<String> all = new ArrayList<>(List.of("-signer", "ca", "-ext", "san=dns:troupe"));
    all.addAll(List.of(options));
    makeKey(name, all.toArray(String[]::new));
    return write(name);
  }

  /** A node's key and certificate. */
  record Identity(Path key, Path certificate) {}

  private Identity write(String name) throws IOException, GeneralSecurityException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    return new Identity(
        pem(name + ".key", "PRIVATE KEY", keys.getKey(name, PASSWORD.toCharArray()).getEncoded()),
        pem(name + ".crt", "CERTIFICATE", keys.getCertificate(name).getEncoded()));
  }

  private Path pem(String file, String label, byte[] bytes) throws IOException {
    String text = Base64.getMimeEncoder().encodeToString(bytes);
    return Files.writeString(
        folder.resolve(file),
        "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(label, text, label));
  }

  private void makeKey(String name, String... options) throws IOException, InterruptedException {
    List<String> all =
        new ArrayList<>(
            List.of("-genkeypair", "-alias", name, "-dname", "CN=" + name, "-keyalg", "RSA"));
    all.addAll(List.of("-keysize", "2048", "-sigalg", "SHA256withRSA"));
    all.addAll(List.of(options));
    keytool(all.toArray(String[]::new));
  }

  private void keytool(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments));
    command.addAll(
        List.of("-keystore", store.toString(), "-storepass", PASSWORD, "-storetype", "PKCS12"));
    Path out = folder.resolve("keytool.txt");
    int code =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start()
            .waitFor();
    assertEquals(0, code, Files.readString(out));
  }
}
