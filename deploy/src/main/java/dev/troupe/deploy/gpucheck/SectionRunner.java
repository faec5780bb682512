package dev.troupe.deploy.gpucheck;

import dev.troupe.proto.error.TroupeException;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs sections one after the other. A section that ends in an exception is not the end of the
 * check.
 *
 * @param table where findings are shown as they come
 */
record SectionRunner(ReportTable table) {

  List<SectionResult> run(List<Section> sections) {
    List<SectionResult> results = new ArrayList<>();
    for (Section section : sections) {
      results.add(run(section));
    }
    return results;
  }

  private SectionResult run(Section section) {
    table.begin(section);
    Report report = new Report(section.name(), table::row);
    long start = System.nanoTime();
    try {
      section.run(report);
    } catch (TroupeException e) {
      report.failed("the section to its end", String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      report.failed("the section to its end", "interrupted");
    } catch (RuntimeException | LinkageError e) {
      report.failed("the section to its end", "a defect of Troupe: " + trace(e));
    }
    double seconds = (System.nanoTime() - start) * 1e-9;
    return new SectionResult(section.name(), section.title(), seconds, report.findings());
  }

  private static String trace(Throwable failure) {
    StackTraceElement[] trace = failure.getStackTrace();
    return trace.length == 0 ? failure.toString() : failure + ", at " + trace[0];
  }
}
