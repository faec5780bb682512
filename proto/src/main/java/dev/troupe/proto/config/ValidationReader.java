package dev.troupe.proto.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.spec.DataSpec;
import dev.troupe.proto.spec.ValidationSet;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes the record of the held-out data from its values. */
final class ValidationReader {
  private static final String SETS = "data.validation.sets";
  private static final String EXPECTED =
      "a list of sets in a job file, e.g. [{ name = code, path = code.jsonl, samples = 64 }]";
  private static final Config NOTHING_SET =
      ConfigFactory.parseString("name = null, path = null, samples = null");

  private final Fields fields;

  ValidationReader(Fields fields) {
    this.fields = fields;
  }

  DataSpec.Validation read() {
    int samples = fields.integer("data.validation.samples");
    return new DataSpec.Validation(
        fields.optionalText("data.validation.path"),
        fields.number("data.validation.fraction"),
        fields.integer("data.validation.every"),
        samples,
        sets(samples));
  }

  private List<ValidationSet> sets(int samples) {
    List<ValidationSet> sets = new ArrayList<>();
    for (Fields each : fields.sections(SETS, NOTHING_SET, EXPECTED)) {
      int index = sets.size();
      sets.add(
          new ValidationSet(
              text(each, index, "name"),
              text(each, index, "path"),
              each.integer("samples", samples)));
    }
    return sets;
  }

  private String text(Fields set, int index, String key) {
    @Nullable String text = set.optionalText(key);
    if (text == null) {
      throw TroupeException.usage(
          "%s: %s[%d].%s is not set; give %s"
              .formatted(fields.where(SETS), SETS, index, key, EXPECTED));
    }
    return text;
  }
}
