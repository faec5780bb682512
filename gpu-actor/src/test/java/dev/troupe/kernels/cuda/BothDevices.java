package dev.troupe.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.troupe.collectives.device.DataType;
import dev.troupe.kernels.Close;
import dev.troupe.kernels.Matrix;
import dev.troupe.kernels.TestDevice;
import dev.troupe.tensor.Tensor;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;

/** The CPU and an emulated GPU, on which the same is run. */
abstract class BothDevices {
  final TestDevice cpu = TestDevice.cpu(1);
  final TestDevice gpu = TestDevice.emulatedGpu();

  @AfterEach
  void close() {
    gpu.close();
    cpu.close();
  }

  /** Runs the same on both devices and compares with the tolerance of a type, or bit by bit. */
  final void both(String what, DataType type, Function<TestDevice, Matrix> work) {
    Close.check(what, work.apply(cpu), work.apply(gpu), type);
  }

  final void sameBits(Function<TestDevice, Matrix> work) {
    assertArrayEquals(work.apply(cpu).data(), work.apply(gpu).data());
  }

  /** A view of values whose rows start {@code shift} elements into rows of a larger matrix. */
  static Tensor shifted(TestDevice device, DataType type, Matrix values, int shift) {
    Tensor whole = device.zeros(type, values.rows(), values.cols() + 8 + shift);
    Tensor view = whole.cols(shift, values.cols());
    device.write(view, values);
    return view;
  }
}
