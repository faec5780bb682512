package dev.troupe.data.bios;

import java.util.Locale;

/** The six things that a biography tells about a person, one sentence each. */
enum Fact {
  BIRTH_DATE,
  BIRTH_CITY,
  UNIVERSITY,
  MAJOR,
  EMPLOYER,
  /** The employer's city: whoever works there works in it. */
  WORK_CITY;

  /** The name in templates: "birth-date". */
  String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
