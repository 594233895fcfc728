package io.streamq.cli.readme;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.streamq.cli.Python;
import io.streamq.schemas.AvroCodec;
import io.streamq.schemas.Experience;
import io.streamq.schemas.PolicyUpdate;
import io.streamq.schemas.UpdateReason;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The parts of {@code examples/agent.py} that need no broker; only what publishes needs Kafka's client for Python. */
class PythonAgentTest {
    private static final String IMPORT = """
            import json, random, sys, types
            sys.dont_write_bytecode = True
            sys.path.insert(0, '../examples')
            """;

    /** A publisher whose broker is away and whose buffer holds two experiences; what it tells is printed, and it must end soon. */
    private static final String OUTAGE = """
            from agent import *
            signal.alarm(15)
            sys.stderr = sys.stdout
            publisher, stopping = Publisher('127.0.0.1:1', 'agent'), threading.Event()
            publisher.producer = kafka.Producer({
                'bootstrap.servers': '127.0.0.1:1', 'queue.buffering.max.messages': 2, 'log_level': 0})
            """;

    private static byte[] python(String script) throws Exception {
        String withoutKafka = "sys.modules['confluent_kafka'] = types.ModuleType('confluent_kafka')\n";
        return Python.having("struct").run(IMPORT + withoutKafka + "from agent import *\n" + script + "\n");
    }

    private static JsonNode printed(String expression) throws Exception {
        return new ObjectMapper().readTree(python("print(json.dumps(" + expression + "))"));
    }

    private static Experience encoded(String call) throws Exception {
        return AvroCodec.experience().decode(python("sys.stdout.buffer.write(" + call + ")"));
    }

    @Test
    void fiveFieldsOfAnExperienceSuffice() throws Exception {
        assertThat(encoded("experience('größe/7', 200, -1.5, 't', False)"))
                .isEqualTo(Experience.newBuilder()
                        .setState("größe/7")
                        .setAction(200)
                        .setReward(-1.5)
                        .setNextState("t")
                        .setTerminated(false)
                        .build());
        assertThat(encoded("experience('" + "x".repeat(300) + "', 0, 1, None, True, policy_id='lake')"))
                .isEqualTo(Experience.newBuilder()
                        .setPolicyId("lake")
                        .setState("x".repeat(300))
                        .setAction(0)
                        .setReward(1)
                        .setTerminated(true)
                        .build());
    }

    @Test
    void allFieldsOfAnExperienceAreEncoded() throws Exception {
        assertThat(encoded(
                        "experience('s', 1, 0.1, 't', False, True, 'lake', 'a', 'e', 2 ** 40, 0.5, [0, 1, 64], 3, 0.25,"
                                + " 2 ** 62, 1_700_000_000_123)"))
                .isEqualTo(Experience.newBuilder()
                        .setState("s")
                        .setAction(1)
                        .setReward(0.1)
                        .setNextState("t")
                        .setTerminated(false)
                        .setTruncated(true)
                        .setPolicyId("lake")
                        .setAgentId("a")
                        .setEpisodeId("e")
                        .setStep(1L << 40)
                        .setDiscount(0.5)
                        .setLegalActions(List.of(0, 1, 64))
                        .setNextAction(3)
                        .setBehaviorProbability(0.25)
                        .setPolicyVersion(1L << 62)
                        .setEventTime(Instant.ofEpochMilli(1_700_000_000_123L))
                        .build());
    }

    private static PolicyUpdate update(List<Double> qValues, long version, long epoch) {
        return PolicyUpdate.newBuilder()
                .setPolicyId("lake")
                .setState("größe/7")
                .setAction(qValues.size() - 1)
                .setValue(qValues.get(qValues.size() - 1))
                .setQValues(qValues)
                .setVisits(qValues.stream().map(q -> 1L << 40).toList())
                .setUpdates(qValues.size() * (1L << 40))
                .setVersion(version)
                .setEpoch(epoch)
                .setReason(UpdateReason.HEARTBEAT)
                .setUpdatedAt(Instant.EPOCH)
                .build();
    }

    private static String decoding(byte[] value) {
        return "policy_update(bytes.fromhex('" + HexFormat.of().formatHex(value) + "'))";
    }

    @Test
    void aPolicyUpdateIsDecodedAsTheJobEncodesIt() throws Exception {
        List<Double> many =
                IntStream.range(0, 200).mapToObj(action -> action / 7.0 - 10).toList();
        for (PolicyUpdate update :
                List.of(update(List.of(-0.1, 1e300), 1, 1), update(many, 1L << 40, Long.MAX_VALUE))) {
            JsonNode row = printed(decoding(AvroCodec.policyUpdate().encode(update)));
            assertThat(row.get(0).intValue()).isEqualTo(update.getAction());
            assertThat(row.get(1)).extracting(JsonNode::doubleValue).isEqualTo(update.getQValues());
            assertThat(row.get(2).longValue()).isEqualTo(update.getVersion());
            assertThat(row.get(3).longValue()).isEqualTo(update.getEpoch());
        }
    }

    @Test
    void anotherSchemaIsRefusedInASentence() throws Exception {
        byte[] value = AvroCodec.policyUpdate().encode(update(List.of(1.0), 1, 1));
        value[9]++;
        String told =
                new String(python("try:\n    " + decoding(value) + "\nexcept ValueError as e:\n    print(e)"), UTF_8);
        assertThat(told)
                .contains("must hold version 1 of PolicyUpdate, which begins with c301aa26787a71da8e1b: got c301aa");
    }

    /** As of one who tidies up; {@code PolicyView} takes them so, too. */
    @Test
    void aTombstoneWhoseEpochCannotBeReadIsTakenAsOneWithout() throws Exception {
        String value = HexFormat.of().formatHex(AvroCodec.policyUpdate().encode(update(List.of(1.0), 7, 5)));
        String script = """
                policy = Policy.__new__(Policy)  # without Kafka
                policy.policy_id, policy.rows, policy.graves = 'lake', {}, OrderedDict()
                for headers in {}, {'streamq.epoch': None}, {'streamq.epoch': b'six'}, {'streamq.epoch': b'4'}:
                    policy.graves.clear()
                    policy.apply(b'lake/s', bytes.fromhex('%s'), {})
                    policy.apply(b'lake/s', None, headers)
                    print(len(policy.rows), *policy.graves.values())
                """.formatted(value);
        assertThat(new String(python(script), UTF_8)).isEqualTo("""
                0 (5, 7)
                0 (5, 7)
                0 (5, 7)
                1
                """);
    }

    @Test
    void ofForgottenStatesTheLast100000AreRemembered() throws Exception {
        String late = HexFormat.of().formatHex(AvroCodec.policyUpdate().encode(update(List.of(1.0), 7, 5)));
        String script = """
                policy = Policy.__new__(Policy)  # without Kafka
                policy.policy_id, policy.rows, policy.graves = 'lake', {}, OrderedDict()
                forgotten = {'streamq.epoch': b'6'}
                late = bytes.fromhex('%s')
                def held(state):
                    policy.apply(b'lake/' + state, late, {})
                    return state.decode() in policy.rows
                policy.apply(b'lake/0', late, {})
                for state in range(100_000):
                    policy.apply(b'lake/%%d' %% state, None, forgotten)
                first = held(b'0')
                policy.apply(b'lake/100000', None, forgotten)
                print(json.dumps([first, held(b'0'), held(b'1'), len(policy.graves)]))
                """.formatted(late);
        assertThat(new String(python(script), UTF_8).strip()).isEqualTo("[false, true, false, 100000]");
    }

    /** What {@code decide} returned most often is the best; how often each was, is by the probability it told. */
    @Test
    void anActionIsChosenAsOftenAsItsProbabilitySays() throws Exception {
        JsonNode counted = printed("(lambda chance, row: [[action, p, n / 100_000] for (action, p), n in"
                + " __import__('collections').Counter(decide(row, [1, 2, 3], 0.3, chance)[:2] for _ in range(100_000))"
                + ".items()])(random.Random(7), Row(0, [9, 1, 2, 0], 1, 1))");
        assertThat(counted).hasSize(3).allSatisfy(choice -> {
            // Action 0 was announced and is not legal; of the others 2 is worth most.
            assertThat(choice.get(1).doubleValue()).isCloseTo(choice.get(0).intValue() == 2 ? 0.8 : 0.1, within(1e-12));
            assertThat(choice.get(2).doubleValue()).isCloseTo(choice.get(1).doubleValue(), within(0.01));
        });
    }

    @Test
    void agentAndPolicyKeepToTheActionsThatBothHave() throws Exception {
        assertThat(printed("decide(Row(1, [0, 1], 7, 1), [0, 1, 2, 3], 0, random)")
                        .toString())
                .isEqualTo("[1,1.0,[0,1],7]");
        assertThat(printed("decide(Row(3, [0, 1, 2, 3], 7, 1), [0, 1], 0, random)")
                        .toString())
                .isEqualTo("[1,1.0,[0,1],7]");
        assertThat(printed("decide(None, [2], 0, random)").toString()).isEqualTo("[2,1.0,[2],null]");
    }

    @Test
    void anActionThatTheRowDoesNotHaveIsNotBasedOnIt() throws Exception {
        assertThat(printed("decide(Row(1, [0, 1], 7, 1), [2], 0, random)").toString())
                .isEqualTo("[2,1.0,[2],null]");
        byte[] published = python("""
                class World:
                    reset = lambda self: 's'
                    legal_actions = lambda self: [2]
                    step = lambda self, action: ('t', 0.0, True, False)
                policy = types.SimpleNamespace(
                    policy_id='lake', rows={'s': Row(1, [0, 1], 7, 1)}, follow=lambda seconds: None)
                publisher = types.SimpleNamespace(
                    agent_id='a', publish=lambda value, stopping: sys.stdout.buffer.write(value))
                live(World(), policy, publisher, 'e', 0, random, threading.Event())
                """);
        Experience experience = AvroCodec.experience().decode(published);
        assertThat(experience.getAction()).isEqualTo(2);
        assertThat(experience.getPolicyVersion()).isNull();
    }

    private static String duringAnOutage(String script) throws Exception {
        byte[] printed = Python.having("confluent_kafka")
                .run(IMPORT + OUTAGE + script + "print(publisher.delivered, publisher.lost)\n");
        return new String(printed, UTF_8);
    }

    @Test
    void whoIsToldToStopWhileTheBufferIsFullStopsAndCountsWhatItDidNotTake() throws Exception {
        assertThat(duringAnOutage("""
                threading.Timer(0.5, stopping.set).start()
                for _ in range(3):
                    publisher.publish(b'', stopping)
                """)).isEqualTo("""
                experience was not delivered to streamq.experiences.v1: its buffer was full when the agent was told to stop
                0 1
                """);
    }

    @Test
    void whatIsStillUnderWayAtTheEndIsToldAndCounted() throws Exception {
        assertThat(duringAnOutage("""
                publisher.publish(b'', stopping)
                publisher.publish(b'', stopping)
                publisher.close(0.1)
                """)).isEqualTo("""
                2 experiences were not delivered to streamq.experiences.v1, 2 of them because time ran out at the end
                0 2
                """);
    }
}
