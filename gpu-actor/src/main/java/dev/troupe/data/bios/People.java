package dev.troupe.data.bios;

import dev.troupe.data.random.FeistelPermutation;
import dev.troupe.data.random.SplitMix64;
import java.time.Month;
import java.time.format.TextStyle;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The inhabitants of the synthetic world. Person {@code i} is computed from {@code i} alone, so a
 * larger world contains the smaller ones. Immutable and thread-safe.
 */
final class People {
  private static final long SEED = 0x7472_6F75_7065L;
  private static final long NAMES = 1;
  private static final long FACTS = 2;
  private static final int FIRST_YEAR = 1940;
  private static final int YEARS = 65;

  /** Every month has this many days, so that all dates are equally likely. */
  private static final int DAYS = 28;

  /** One person in so many is "they". */
  private static final int THEY_SHARE = 8;

  private final Lists lists;
  private final FeistelPermutation names;

  People(Lists lists) {
    this.lists = lists;
    long firstNames = lists.firstNames().getFirst().size();
    long combinations = 2 * firstNames * (firstNames - 1) * lists.surnames().size();
    this.names = new FeistelPermutation(combinations, SplitMix64.key(SEED, NAMES));
  }

  /** How many people can have different names. */
  long max() {
    return names.size();
  }

  /** The person with an index in {@code [0, max())}. */
  Person person(int index) {
    SplitMix64 random = new SplitMix64(SplitMix64.key(SplitMix64.key(SEED, FACTS), index));
    Lists.Employer employer = pick(lists.employers(), random);
    Map<Fact, String> facts = new EnumMap<>(Fact.class);
    facts.put(Fact.EMPLOYER, employer.name());
    facts.put(Fact.WORK_CITY, employer.city());
    facts.put(Fact.BIRTH_DATE, birthDate(random));
    facts.put(Fact.BIRTH_CITY, pick(lists.cities(), random));
    facts.put(Fact.UNIVERSITY, pick(lists.universities(), random));
    facts.put(Fact.MAJOR, pick(lists.majors(), random));
    boolean they = random.nextInt(THEY_SHARE) == 0;
    long name = names.apply(index);
    Pronouns byName = name % 2 == 0 ? Pronouns.SHE : Pronouns.HE;
    return new Person(name(name), they ? Pronouns.THEY : byName, facts);
  }

  /** The digits of a number whose bases are the lists' sizes; the two first names differ. */
  private String name(long number) {
    List<String> first = lists.firstNames().get((int) (number % 2));
    long rest = number / 2;
    int a = (int) (rest % first.size());
    rest /= first.size();
    int b = (int) (rest % (first.size() - 1));
    rest /= first.size() - 1;
    String middle = first.get(b < a ? b : b + 1);
    return first.get(a) + " " + middle + " " + lists.surnames().get((int) rest);
  }

  private static String birthDate(SplitMix64 random) {
    Month month = Month.of(1 + random.nextInt(12));
    int day = 1 + random.nextInt(DAYS);
    int year = FIRST_YEAR + random.nextInt(YEARS);
    return month.getDisplayName(TextStyle.FULL, Locale.ENGLISH) + " " + day + ", " + year;
  }

  private static <T> T pick(List<T> list, SplitMix64 random) {
    return list.get(random.nextInt(list.size()));
  }
}
