/**
 * The mathematics of tabular reinforcement learning: rows, update targets, learning rates, greedy choice. Pure functions of their
 * arguments; no framework, clock or random generator.
 */
@NullMarked
package io.streamq.learning;

import org.jspecify.annotations.NullMarked;
