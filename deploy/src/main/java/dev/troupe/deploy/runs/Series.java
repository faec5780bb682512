package dev.troupe.deploy.runs;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Named points of a plot; those that are not finite are left out.
 *
 * @param name what the legend says
 * @param line joined points
 * @param dots single points
 */
record Series(String name, List<Point> line, List<Point> dots) {
  /** Most points a line; more than a plot is wide would only make the file large. */
  private static final int MOST = 1_500;

  /** A point. */
  record Point(double x, double y) {
    boolean isFinite() {
      return Double.isFinite(x) && Double.isFinite(y);
    }
  }

  Series {
    line = line.stream().filter(Point::isFinite).toList();
    dots = dots.stream().filter(Point::isFinite).toList();
  }

  /** A run's curve, smoothed. */
  static Series of(RunRecord run, Quantity quantity, Along along, int smooth) {
    List<StepLine> steps = run.steps();
    double[] values =
        Smoothing.trailing(steps.stream().mapToDouble(quantity::of).toArray(), smooth);
    int stride = Math.max(1, (steps.size() + MOST - 1) / MOST);
    List<Point> line =
        IntStream.range(0, values.length)
            // From the end, so that the last step is shown whatever the stride.
            .filter(i -> (values.length - 1 - i) % stride == 0)
            .mapToObj(i -> new Point(along.of(steps.get(i)), values[i]))
            .toList();
    return new Series(
        run.name(), line, quantity == Quantity.LOSS ? validations(run, along) : List.of());
  }

  /** Without the points that a logarithmic axis has no place for. */
  Series positive() {
    return new Series(
        name,
        line.stream().filter(point -> point.y() > 0).toList(),
        dots.stream().filter(point -> point.y() > 0).toList());
  }

  private static List<Point> validations(RunRecord run, Along along) {
    Map<Long, Double> losses = run.validations();
    return run.steps().stream()
        .flatMap(
            step ->
                Stream.ofNullable(losses.get(step.step()))
                    .map(loss -> new Point(along.of(step), loss)))
        .toList();
  }
}
