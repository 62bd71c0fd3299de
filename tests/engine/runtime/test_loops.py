"""Multi-instance, standard loops and ad-hoc sub-processes."""

import itertools

import pytest

from orchestrator.domain import records as r
from orchestrator.domain.limits import Limits
from orchestrator.domain.triggers import ActivateAdHoc, AdHocActivation, AdHocResult, CompleteAdHoc, CompleteJob
from orchestrator.engine.expressions import text
from orchestrator.engine.model import ToolParameter
from tests.support.models import (
    AdHoc,
    ad_hoc,
    boundary,
    end,
    error,
    escalation,
    event_sub,
    job,
    loop,
    many,
    message,
    process,
    script,
    service,
    signal,
    start,
    sub,
    task,
    throw,
    user,
)

# -- multi-instance ----------------------------------------------------------------------------------------------------


def rounds(run, settings, *, activity=service, after=(), flows="", **kw):
    one = run(
        process(
            start(), activity("a", loop=settings, **kw.pop("node", {})), *after, end(), flows=f"s -> a -> e; {flows}"
        ),
        **kw,
    )
    one.start()
    return one


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_output_stands_in_the_order_of_the_input_whatever_finishes_first(run, order):
    one = rounds(run, many('=["x", null, "z"]', item="i", output="out", collect="=answer"))
    jobs = one.jobs

    for index in order:
        one.apply(CompleteJob(job_key=jobs[index].job_key, variables={"answer": index}))

    assert one.is_done
    assert one.variables == {"out": [0, 1, 2]}


def test_every_round_has_its_item_and_counter(run):
    one = rounds(run, many('=["x", null]', item="i"))

    own = [dict(one.snapshot.variables[each.element_instance_key]) for each in one.jobs]

    assert own == [{"i": "x", "loopCounter": 1}, {"i": None, "loopCounter": 2}]
    assert [each.loop_counter for each in one.of(r.ElementActivated) if each.element_type == "SERVICE_TASK"] == [1, 2]


def test_the_body_is_an_element_instance_around_the_rounds(run):
    one = rounds(run, many("=[1]"))

    body = next(each for each in one.of(r.ElementActivated) if each.element_type == "MULTI_INSTANCE_BODY")

    assert one.jobs[0].scopes[1] == body.element_instance_key


@pytest.mark.parametrize("sequential", [True, False])
def test_nothing_to_do_passes_at_once_with_an_empty_output(run, sequential):
    one = rounds(run, many("=[]", item="i", output="out", collect="=i", sequential=sequential))

    assert one.is_done
    assert one.variables == {"out": []}


def test_a_sequential_loop_takes_one_after_the_other(run):
    one = rounds(run, many("=list", item="i", output="out", collect="=i * 10", sequential=True), list=[1, 2, 3])
    for _ in range(3):
        assert len(one.jobs) == 1
        one.set(list=[])
        one.complete("a")

    assert one.variables["out"] == [10, 20, 30]


def test_a_cardinality_says_how_often(run):
    assert len(rounds(run, many(cardinality="=1 + 2")).jobs) == 3


@pytest.mark.parametrize("settings", [many("=5"), many("=nothing"), many(cardinality="=-1"), many(cardinality='="x"')])
def test_a_wrong_collection_or_cardinality_is_an_incident(run, settings):
    one = rounds(run, settings)

    assert [each.code for each in one.incidents] == ["EXPRESSION_FAILED"]
    assert one.jobs == []


def test_too_many_rounds_are_an_incident_before_any_begins(run):
    one = rounds(run, many("=n"), n=[0] * 11, limits=Limits(multi_instance=10))
    assert [each.code for each in one.incidents] == ["LIMIT_EXCEEDED"]

    one.set(n=[0])
    one.resolve()

    assert len(one.jobs) == 1


@pytest.mark.parametrize("sequential", [True, False])
def test_a_completion_condition_ends_the_other_rounds(run, sequential):
    one = rounds(run, many("=[1,2,3]", until="=ok", sequential=sequential))
    one.complete("a", ok=False)

    one.complete("a", ok=True)

    assert one.is_done
    assert one.completed.count("a") == 3  # two rounds and the body


def test_the_condition_reads_counters_and_the_output_so_far(run):
    condition = "=numberOfCompletedInstances >= 2 and count(out[item != null]) = 2 and numberOfInstances = 3"
    one = rounds(run, many("=[1,2,3]", item="i", output="out", collect="=i", until=condition))
    one.complete("a")
    assert not one.is_done

    one.complete("a")

    assert one.is_done
    assert one.variables == {"out": [1, 2, None]}


def test_a_failed_output_leaves_the_round_there(run):
    one = rounds(run, many("=[1]", output="out", collect="=for i in 1..n return i"))
    one.complete("a", n=10_000_000)
    assert [each.code for each in one.incidents] == ["EXPRESSION_FAILED"]

    one.set(n=2)
    one.resolve()

    assert one.variables["out"] == [[1, 2]]


def test_a_plain_output_path_is_local_to_each_round(run):
    one = rounds(run, many("=[1,2]", item="i", output="out", collect="=res"), res="outer")
    one.complete("a", 1, res="b")
    one.complete("a", res="a")

    assert one.variables == {"res": "outer", "out": ["a", "b"]}


def test_mappings_run_per_round_and_other_writes_go_outwards(run):
    node = {"inputs": {"twice": "=i * 2"}, "outputs": {"sum": "=sum + twice"}}
    one = rounds(run, many("=[1,2]", item="i"), node=node, sum=0)

    one.complete("a")
    one.complete("a")

    assert one.variables == {"sum": 6}


def test_a_multi_instance_runs_again_in_an_outer_loop(run):
    from tests.support.models import exclusive

    nodes = [
        start(),
        exclusive("m"),
        service("a", loop=many("=[1,2]", item="i", output="out", collect="=i")),
        exclusive("x"),
        end(),
    ]
    one = run(process(*nodes, flows="s -> m -> a -> x; x -> m if =again; x -> e default"), again=True)
    one.start()
    for again in (True, True, False, False):
        one.complete("a", again=again)

    assert one.is_done


def test_nested_multi_instances(run):
    inner = service("a", loop=many("=row", item="cell", output="cells", collect="=cell + 1"))
    body = sub("sp", inner, loop=many("=[[1,2],[3]]", item="row", output="table", collect="=cells"))
    one = run(process(start(), body, flows="s -> sp"))
    one.start()
    for _ in range(3):
        one.complete("a")

    assert one.variables == {"table": [[2, 3], [4]]}


def test_an_interrupted_multi_instance_hands_nothing_out(run):
    border = boundary("b", "a", error("E"))
    one = rounds(run, many("=[1,2]", item="i", output="out", collect="=i"), after=(border,))
    one.complete("a")

    one.throw("a", "E")

    assert one.is_done
    assert "out" not in one.variables


@pytest.mark.parametrize(("behavior", "times"), [("all", 0), ("none", 3), ("one", 1)])
def test_a_loop_throws_the_event_of_its_behaviour(run, behavior, times):
    border = boundary("b", "a", escalation("done"), interrupting=False)
    settings = many("=[1,2,3]", behavior=behavior, behavior_event=escalation("done"))
    one = rounds(run, settings, after=(border, user("h")), flows="b -> h")
    for _ in range(3):
        one.complete("a")

    assert one.open_elements == ["h"] * times


def test_a_loop_may_throw_a_message_or_an_error_that_ends_it(run):
    thrown = {"behavior": "one", "behavior_event": error("E")}
    one = rounds(run, many("=[1,2,3]", **thrown), after=(boundary("b", "a", error("E")), user("h")), flows="b -> h")
    other = rounds(run, many("=[1,2,3]", behavior="none", behavior_event=message("m", "=loopCounter")))
    unheard = rounds(run, many("=[1,2,3]", **thrown))
    one.complete("a")
    other.complete("a", 1)
    unheard.complete("a")

    assert one.open_elements == ["h"]
    assert [(each.name, each.correlation_key) for each in other.of(r.MessageThrown)] == [("m", "2")]
    assert [each.code for each in unheard.incidents] == ["UNHANDLED_ERROR"]


# -- standard loop -----------------------------------------------------------------------------------------------------


def test_a_loop_runs_once_and_goes_on_while_its_condition_holds(run):
    one = run(process(start(), script("a", "=n + 1", "n", loop=loop("=n < 3")), flows="s -> a"), n=5)
    one.start()
    two = run(process(start(), script("a", "=n + 1", "n", loop=loop("=n < 3")), flows="s -> a"), n=0)
    two.start()

    assert (one.variables["n"], two.variables["n"]) == (6, 3)


def test_a_loop_may_test_before(run):
    one = run(process(start(), script("a", "=n + 1", "n", loop=loop("=n < 3", before=True)), flows="s -> a"), n=5)

    one.start()

    assert one.is_done
    assert one.variables["n"] == 5


@pytest.mark.parametrize("before", [True, False])
def test_a_loop_counts_from_one_and_has_a_maximum(run, before):
    one = run(process(start(), service("a", loop=loop(maximum=3, before=before)), flows="s -> a"))
    one.start()
    for number in (1, 2, 3):
        assert one.snapshot.variables[one.jobs[0].element_instance_key] == {"loopCounter": number}
        one.complete("a")

    assert one.is_done


def test_a_loop_condition_reads_the_counter(run):
    one = run(process(start(), task("a", loop=loop("=loopCounter < 4")), flows="s -> a"))

    one.start()

    assert one.completed.count("a") == 5


@pytest.mark.parametrize(("condition", "before"), [("=loopCounter <= 3", True), ("=loopCounter < 3", False)])
def test_a_test_before_a_round_has_that_rounds_number(run, condition, before):
    one = run(process(start(), task("a", loop=loop(condition, before=before)), flows="s -> a"))

    one.start()

    assert [each.loop_counter for each in one.of(r.ElementActivated) if each.element_id == "a"] == [None, 1, 2, 3]


def test_a_loop_without_end_is_bounded(run):
    one = run(
        process(start(), task("a", loop=loop()), flows="s -> a"),
        limits=Limits(elements_without_wait=500, elements_per_step=100),
    )

    one.start()

    assert [each.code for each in one.incidents] == ["ENDLESS_LOOP"]


# -- ad-hoc, engine-driven ---------------------------------------------------------------------------------------------


def tools(run, settings, *nodes, flows="", outer=(), outer_flows="", **kw):
    nodes = nodes or (service("a"), service("b"))
    host = ad_hoc("h", *nodes, flows=flows, settings=settings, **kw.pop("node", {}))
    one = run(process(start(), host, *outer, end(), flows=f"s -> h -> e; {outer_flows}"), **kw)
    one.start()
    return one


def host_key(one):
    return next(each.element_instance_key for each in one.of(r.ElementActivated) if each.element_id == "h")


def test_named_elements_begin_and_the_end_of_all_is_the_end(run):
    settings = AdHoc(active_elements=text('=["b", "a", "b"]'), output_collection="out", output_element=text("=res"))
    one = tools(run, settings)
    assert one.open_elements == ["a", "b", "b"]

    one.complete("b", 1, res=1)
    one.complete("a", res=2)
    one.complete("b", res=3)

    assert one.variables == {"out": [1, 2, 3]}


@pytest.mark.parametrize("names", ['=["x"]', "=nothing", "=[1]"])
def test_unknown_elements_are_an_incident(run, names):
    assert [each.code for each in tools(run, AdHoc(active_elements=text(names))).incidents] == ["AD_HOC_ELEMENTS"]


def test_activated_by_nobody_it_stays_open_until_it_is_told(run):
    one = tools(run, AdHoc())
    assert not one.is_done
    one.apply(
        ActivateAdHoc(
            element_instance_key=host_key(one), activate=[AdHocActivation(element_id="a", variables={"x": 1})]
        )
    )
    assert one.snapshot.variables[one.jobs[0].scopes[1]] == {"x": 1}

    one.complete("a")

    assert one.is_done


def test_an_activation_of_nothing_known_is_refused(run):
    one = tools(run, AdHoc())

    assert "no activity 'z'" in one.rejection(
        ActivateAdHoc(element_instance_key=host_key(one), activate=[AdHocActivation(element_id="z")])
    )
    one.rejection(ActivateAdHoc(element_instance_key=77, activate=[]))


def test_it_can_be_ended_from_outside(run):
    one = tools(run, AdHoc(active_elements=text('=["a"]'), completion_condition=text("=false")))

    one.apply(CompleteAdHoc(element_instance_key=host_key(one)))

    assert one.is_done


@pytest.mark.parametrize("cancel", [True, False])
def test_a_true_condition_ends_the_rest_or_waits_for_it(run, cancel):
    settings = AdHoc(active_elements=text('=["a","b"]'), completion_condition=text("=done"), cancel_remaining=cancel)
    one = tools(run, settings, done=False)

    one.complete("a", done=True)

    assert one.is_done is cancel
    if not cancel:
        one.complete("b")
        assert one.is_done


def test_a_false_condition_keeps_it_open(run):
    one = tools(run, AdHoc(active_elements=text('=["a"]'), completion_condition=text("=false")))

    one.complete("a")

    assert not one.is_done


def test_a_condition_true_on_entry_with_nothing_activated_is_done(run):
    assert tools(run, AdHoc(completion_condition=text("=true"))).is_done


def test_a_sequential_one_takes_one_flow_at_a_time(run):
    one = tools(run, AdHoc(active_elements=text('=["a","b","a"]'), sequential=True))
    for wanted in "aba":
        assert one.open_elements == [wanted]
        one.complete(wanted)

    assert one.is_done


def test_an_inner_flow_ends_with_its_last_element(run):
    one = tools(run, AdHoc(active_elements=text('=["a"]')), service("a"), service("b"), flows="a -> b")
    one.complete("a")
    assert one.open_elements == ["b"]

    one.complete("b")

    assert one.is_done


def test_parallel_tool_calls_cannot_see_each_others_results(run):
    settings = AdHoc(active_elements=text('=["a","b"]'), output_collection="out", output_element=text("=res"))
    one = tools(run, settings, shared=0)
    one.complete("a", res=1, shared=5)

    one.complete("b")

    assert one.variables == {"shared": 5, "out": [1, None]}


def test_event_sub_processes_run_beside_the_tools(run):
    handler = event_sub("es", start("t", message("m", "=1"), interrupting=False), user("u"), flows="t -> u")
    one = tools(run, AdHoc(active_elements=text('=["a"]')), service("a"), handler)
    one.correlate("m")
    one.complete("a")
    assert one.open_elements == ["u"]

    one.complete("u")

    assert one.is_done


# -- ad-hoc, job-driven ------------------------------------------------------------------------------------------------


def agent(run, *nodes, flows="", settings=None, **kw):
    return tools(run, settings or AdHoc(), *nodes, flows=flows, node={"job": job("agent")}, **kw)


def decide(one, *wanted, fulfilled=False, cancel=False, **variables):
    activate = tuple(AdHocActivation(element_id=each, variables={"call": n}) for n, each in enumerate(wanted))
    result = AdHocResult(activate=activate, fulfilled=fulfilled, cancel_remaining=cancel)
    return CompleteJob(job_key=one.job("h").job_key, variables=variables, ad_hoc=result)


def test_the_worker_chooses_and_every_end_supersedes_its_open_job(run):
    one = agent(run)
    assert one.job("h").kind == "AD_HOC_SUB_PROCESS"
    one.apply(decide(one, "a", "b"))
    assert one.open_elements == ["a", "b"]

    one.complete("a")
    second = one.job("h")
    one.complete("b")
    third = one.job("h")

    assert (second.generation, third.generation) == (2, 3)
    one.rejection(CompleteJob(job_key=second.job_key))
    one.apply(decide(one, fulfilled=True, answer=42))
    assert one.is_done
    assert one.variables["answer"] == 42


def test_the_tools_are_described_to_the_worker(run):
    tool = service("a", name="Look up", documentation="finds", parameters=(ToolParameter(name="id", type="string"),))
    one = agent(run, tool, service("b"), service("c"), flows="b -> c")

    (described, plain) = one.snapshot.variables[host_key(one)]["adHocSubProcessElements"]

    assert (described["elementId"], described["elementName"], described["documentation"]) == ("a", "Look up", "finds")
    assert described["parameters"][0]["name"] == "id"
    assert plain["elementId"] == "b"


def test_contradictions_are_refused_and_the_job_stays_open(run):
    one = agent(run)

    assert "together" in one.rejection(decide(one, "a", fulfilled=True))
    assert "no activity 'z'" in one.rejection(decide(one, "z"))
    assert one.open_elements == ["h"]


def test_fulfilled_waits_for_the_rest_or_cancels_it(run):
    waiting, cancelling = agent(run), agent(run)
    for one, cancel in ((waiting, False), (cancelling, True)):
        one.apply(decide(one, "a", "b"))
        one.complete("a")
        one.apply(decide(one, fulfilled=True, cancel=cancel))

    assert cancelling.is_done
    assert waiting.open_elements == ["b"]
    waiting.complete("b")
    assert waiting.is_done


def test_the_same_tool_twice_gives_two_activations(run):
    one = agent(run)

    one.apply(decide(one, "a", "a"))

    assert one.open_elements == ["a", "a"]


def test_an_agents_job_that_failed_for_good_is_offered_again(run):
    one = agent(run)
    one.fail("h")
    one.resolve()

    one.apply(decide(one, fulfilled=True))

    assert one.is_done


def test_an_interrupting_event_sub_process_completes_the_agent_without_asking(run):
    handler = event_sub("es", start("t", message("stop", "=1")), user("u"), flows="t -> u")
    one = agent(run, service("a"), handler)
    one.apply(decide(one, "a"))
    one.correlate("stop")
    assert one.open_elements == ["u"]

    one.complete("u")

    assert one.is_done


def test_a_non_interrupting_one_asks_the_agent_again_at_its_end(run):
    handler = event_sub("es", start("t", signal("news"), interrupting=False), user("u"), flows="t -> u")
    one = agent(run, service("a"), handler)
    one.apply(decide(one, "a"))
    one.broadcast("news")

    one.complete("u")

    assert one.open_elements == ["a", "h"]
    assert one.job("h").generation == 2


def test_an_error_in_a_tool_leaves_by_the_border(run):
    border = boundary("b", "h", error("E"))
    one = agent(run, service("a"), outer=(border, user("z")), outer_flows="b -> z")
    one.apply(decide(one, "a"))

    one.throw("a", "E")

    assert one.open_elements == ["z"]


def test_an_agent_that_chooses_nothing_is_an_incident_not_silence(run):
    one = agent(run)
    one.apply(decide(one))
    assert [each.code for each in one.incidents] == ["AGENT_STALLED"]

    one.resolve()

    assert one.open_elements == ["h"]
    one.apply(decide(one, fulfilled=True))
    assert one.is_done


def test_a_stalled_agent_goes_on_when_something_is_activated_from_outside(run):
    one = agent(run)
    one.apply(decide(one))

    one.apply(ActivateAdHoc(element_instance_key=host_key(one), activate=[AdHocActivation(element_id="a")]))

    assert one.incidents == []
    assert one.open_elements == ["a"]


def test_a_failed_agent_job_is_superseded_like_any_other(run):
    one = agent(run)
    one.apply(decide(one, "a", "b"))
    one.complete("a")
    one.fail("h")

    one.complete("b")

    assert one.incidents == []
    assert one.open_elements == ["h"]
    assert one.job("h").generation == 3


def test_the_output_so_far_is_told_after_each_round(run):
    one = rounds(run, many("=[1,2]", item="i", output="out", collect="=i", sequential=True))
    one.complete("a")

    told = [each.value for each in one.of(r.VariableSet) if each.name == "out"]

    assert told == [[None, None], [1, None]]


def test_an_agents_result_leaves_by_its_output_mappings_alone(run):
    agent = ad_hoc("h", service("a"), job=job("agent"), outputs={"o": "=agent.text"})
    one = run(process(start(), agent, flows="s -> h"))
    one.start()

    decision = AdHocResult(fulfilled=True)
    one.apply(CompleteJob(job_key=one.job("h").job_key, variables={"agent": {"text": "hi"}, "x": 1}, ad_hoc=decision))

    assert one.variables == {"o": "hi"}


@pytest.mark.parametrize("interrupting", [True, False])
def test_what_a_flow_throws_comes_to_the_event_sub_processes_of_the_whole(run, interrupting):
    begin = start("b", escalation("X"), interrupting=interrupting)
    nodes = [service("a"), throw("t", escalation("X")), event_sub("es", begin, user("h"), flows="b -> h"), service("c")]
    settings = AdHoc(active_elements=text('=["a","c"]'))
    one = run(process(start(), ad_hoc("w", *nodes, settings=settings, flows="a -> t"), user("z"), flows="s -> w -> z"))
    one.start()

    one.complete("a")

    assert one.open_elements == (["h"] if interrupting else ["c", "h"])
    for each in one.open_elements:
        one.complete(each)
    assert one.open_elements == ["z"]
