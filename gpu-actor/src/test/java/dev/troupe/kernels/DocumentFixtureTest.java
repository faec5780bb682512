package dev.troupe.kernels;

import dev.troupe.checkpoint.SafetensorsFile;
import dev.troupe.collectives.device.DataType;
import dev.troupe.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Attention within packed documents against PyTorch's: see make_attention_fixture.py. */
class DocumentFixtureTest {
  private static SafetensorsFile open() throws URISyntaxException {
    return SafetensorsFile.open(
        Path.of(
            Objects.requireNonNull(
                    DocumentFixtureTest.class.getResource(
                        "/parity/attention-documents.safetensors"))
                .toURI()));
  }

  private static int number(SafetensorsFile file, String key) {
    return Integer.parseInt(Objects.requireNonNull(file.metadata().get(key), key));
  }

  private static Matrix matrix(SafetensorsFile file, String name, int rows) {
    MemorySegment data = file.data(name);
    double[] values = new double[(int) (data.byteSize() / Float.BYTES)];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          name.equals("first_keys")
              ? data.getAtIndex(ValueLayout.JAVA_INT_UNALIGNED, i)
              : data.getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, i);
    }
    return new Matrix(rows, values.length / rows, values);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void outputsAndGradientsArePyTorchs(boolean gpu) throws URISyntaxException {
    try (SafetensorsFile file = open();
        TestDevice device = gpu ? TestDevice.emulatedGpu() : TestDevice.cpu(2)) {
      int sequences = number(file, "sequences");
      int length = number(file, "length");
      int heads = number(file, "heads");
      int rows = sequences * length;
      AttentionShape shape =
          new AttentionShape(
              sequences, length, length, heads, number(file, "kv-heads"), number(file, "head-dim"));
      Tensor q = device.tensor(DataType.FLOAT32, matrix(file, "q", rows));
      Tensor k = device.tensor(DataType.FLOAT32, matrix(file, "k", rows));
      Tensor v = device.tensor(DataType.FLOAT32, matrix(file, "v", rows));
      Tensor dOut = device.tensor(DataType.FLOAT32, matrix(file, "dout", rows));
      Tensor firstKeys = device.ids(matrix(file, "first_keys", rows));
      Tensor out = device.zeros(DataType.FLOAT32, rows, q.cols());
      Tensor lse = device.zeros(DataType.FLOAT32, sequences * heads, length);
      device.kernels().attention(out, lse, q, k, v, firstKeys, shape);
      Close.check("out", matrix(file, "out", rows), device.read(out), 1e-5);
      Tensor dq = device.zeros(DataType.FLOAT32, rows, q.cols());
      Tensor dk = device.zeros(DataType.FLOAT32, rows, k.cols());
      Tensor dv = device.zeros(DataType.FLOAT32, rows, k.cols());
      device.kernels().attentionBackward(dq, dk, dv, dOut, out, lse, q, k, v, firstKeys, shape);
      Close.check("dq", matrix(file, "dq", rows), device.read(dq), 2e-5);
      Close.check("dk", matrix(file, "dk", rows), device.read(dk), 2e-5);
      Close.check("dv", matrix(file, "dv", rows), device.read(dv), 2e-5);
    }
  }
}
