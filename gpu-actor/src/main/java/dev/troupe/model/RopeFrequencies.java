package dev.troupe.model;

import dev.troupe.proto.spec.ModelSpec;
import dev.troupe.proto.spec.RopeScaling;
import org.jspecify.annotations.Nullable;

/**
 * Frequencies of the rotary embedding, in radians a position: w_i = base^(-2i / headDim) (Su et al.
 * 2021), stretched as Llama 3.1 does where a {@link RopeScaling} is given (Meta's llama-models,
 * {@code apply_scaling}). Immutable.
 */
public final class RopeFrequencies {
  private final double[] values;

  private RopeFrequencies(double[] values) {
    this.values = values;
  }

  /** A model's. */
  public static RopeFrequencies of(ModelSpec model) {
    return of(model.headDim(), model.ropeBase(), model.ropeScaling());
  }

  static RopeFrequencies of(int headDim, double base, @Nullable RopeScaling scaling) {
    double[] values = new double[headDim / 2];
    for (int i = 0; i < values.length; i++) {
      double plain = Math.pow(base, -2.0 * i / headDim);
      values[i] = scaling == null ? plain : scaled(plain, scaling);
    }
    return new RopeFrequencies(values);
  }

  /** Half the width of a head. */
  int count() {
    return values.length;
  }

  double at(int index) {
    return values[index];
  }

  private static double scaled(double frequency, RopeScaling scaling) {
    double turns = scaling.originalMaxSeq() * frequency / (2 * Math.PI); // over the old length
    double low = scaling.lowFreqFactor();
    double kept = Math.clamp((turns - low) / (scaling.highFreqFactor() - low), 0.0, 1.0);
    return frequency * (kept + (1 - kept) / scaling.factor());
  }
}
