package dev.troupe.kernels.cuda.cudnn;

import java.util.List;

/**
 * What became of a request.
 *
 * @param refusal empty where both plans were compiled
 * @param forwardBytes temporary memory of the forward pass
 * @param backwardBytes temporary memory of the backward pass
 * @param milliseconds that both plans took
 */
record PlanAnswer(String refusal, long forwardBytes, long backwardBytes, long milliseconds) {

  boolean compiled() {
    return refusal.isEmpty();
  }

  String line() {
    return "%s\t%d\t%d\t%d"
        .formatted(refusal.replaceAll("\\s+", " "), forwardBytes, backwardBytes, milliseconds);
  }

  static PlanAnswer parse(List<String> fields) {
    return new PlanAnswer(
        fields.get(0),
        Long.parseLong(fields.get(1)),
        Long.parseLong(fields.get(2)),
        Long.parseLong(fields.get(3)));
  }
}
