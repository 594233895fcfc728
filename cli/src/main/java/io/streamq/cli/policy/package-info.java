/** Shows the greedy policy as the policy topic has it. */
@NullMarked
package io.streamq.cli.policy;

import org.jspecify.annotations.NullMarked;
