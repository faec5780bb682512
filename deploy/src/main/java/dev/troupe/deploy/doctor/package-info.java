/** The report of {@code troupe doctor}. */
@NullMarked
package dev.troupe.deploy.doctor;

import org.jspecify.annotations.NullMarked;
