package dev.troupe.deploy.dist;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LeanJarTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "META-INF/MANIFEST.MF",
        "META-INF/LICENSE",
        "META-INF/maven/org.bytedeco/cuda/pom.properties",
        "META-INF/services/org.slf4j.spi.SLF4JServiceProvider",
        "dev/troupe/deploy/Main.class",
        "dev/troupe/kernels/cuda/kernels.fatbin",
        "lib/libJCudaDriver-12.6.0-linux-x86_64.so",
        "org/bytedeco/cuda/linux-x86_64/libjnicublas.so",
        "org/bytedeco/cuda/linux-x86_64/libjnicudart.so",
        "org/bytedeco/cuda/linux-x86_64/libjnicudnn.so",
        "org/bytedeco/cuda/linux-x86_64/libjninccl.so",
        "org/bytedeco/dnnl/linux-x86_64/libdnnl.so.3",
        "org/bytedeco/dnnl/linux-x86_64/libgomp.so.1",
        "org/bytedeco/javacpp/linux-x86_64/libjnijavacpp.so",
        "jni/x86_64-Linux/libjffi-1.3.so",
        "org/lmdbjava/x86_64-linux-gnu.so"
      })
  void keepsWhatIsLoaded(String entry) {
    assertTrue(LeanJar.keeps(entry));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "META-INF/native-image/linux-x86_64/jnicublas/jni-config.json",
        "META-INF/maven/org.bytedeco/cuda/pom.xml",
        "lib/libJNvPTXCompiler-12.6.0-linux-x86_64.so",
        "lib/libJCudaRuntime-12.6.0-linux-x86_64.so",
        "org/bytedeco/cuda/linux-x86_64/libjninppist.so",
        "linux/amd64/libzstd-jni-1.5.7-4.so",
        "native/lib/linux-x86_64/cpu/libtokenizers.so",
        "native/lib/linux-x86_64/libsentencepiece_native.so",
        "nlp/text_embedding/ai.djl.huggingface.rust.json",
        "org/bytedeco/cuda/linux-x86_64/libjnicusolver.so",
        "org/bytedeco/dnnl/linux-x86_64/libjnidnnl.so",
        "org/bytedeco/dnnl/linux-x86_64/include/dnnl.hpp",
        "jni/aarch64-Linux/libjffi-1.3.so",
        "jni/i386-Windows/jffi-1.3.dll",
        "jni/Darwin/libjffi-1.3.jnilib"
      })
  void leavesOutWhatIsNot(String entry) {
    assertFalse(LeanJar.keeps(entry));
  }

  private Path jar(String name, List<String> entries) throws IOException {
    Path jar = folder.resolve(name);
    try (OutputStream out = Files.newOutputStream(jar);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      for (String entry : entries) {
        zip.putNextEntry(new ZipEntry(entry));
        zip.write(entry.getBytes(StandardCharsets.UTF_8));
        zip.closeEntry();
      }
    }
    return jar;
  }

  @Test
  void theSameEntriesGiveTheSameBytesUncompressed() throws IOException {
    Path one = jar("one.jar", List.of("b/B.class", "META-INF/MANIFEST.MF", "A.class", "lib/libJx"));
    Path other = jar("other.jar", List.of("META-INF/MANIFEST.MF", "A.class", "b/B.class"));
    LeanJar.copy(one, folder.resolve("1"));
    LeanJar.copy(other, folder.resolve("2"));

    assertArrayEquals(
        Files.readAllBytes(folder.resolve("1")), Files.readAllBytes(folder.resolve("2")));
    try (ZipFile copy = new ZipFile(folder.resolve("1").toFile())) {
      assertEquals(
          List.of("META-INF/MANIFEST.MF", "A.class", "b/B.class"),
          copy.stream().map(ZipEntry::getName).toList());
      ZipEntry entry = copy.getEntry("A.class");
      assertEquals(ZipEntry.STORED, entry.getMethod());
      assertEquals(
          "A.class", new String(copy.getInputStream(entry).readAllBytes(), StandardCharsets.UTF_8));
    }
  }
}
