"""What holds of every plan of memory, whatever the host and its domains are like."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from squeezed.policy import (
    PAGE_KIB,
    Change,
    Domain,
    Host,
    Shares,
    Standing,
    Verdict,
    changes,
    fair_kib,
    share,
)

LARGE = 1 << 20


def pages(least: int = 0, most: int = LARGE) -> st.SearchStrategy[int]:
    return st.integers(least // PAGE_KIB, most // PAGE_KIB).map(lambda count: count * PAGE_KIB)


@st.composite
def domains(draw: st.DrawFn, domid: int, *standings: Standing) -> Domain:
    low, high = sorted((draw(pages(PAGE_KIB)), draw(pages(PAGE_KIB))))
    has = draw(pages())
    return Domain(
        domid=domid,
        minimum_kib=low,
        maximum_kib=high,
        target_kib=draw(pages()),
        pages_kib=has,
        limit_kib=draw(pages()),
        offset_kib=draw(pages(0, 1024)) - 512,
        inaccuracy_kib=draw(st.integers(0, 16)),
        reserved_kib=draw(st.sampled_from([0, has // 2 // PAGE_KIB * PAGE_KIB, has + 400])),
        standing=draw(st.sampled_from(standings or tuple(Standing))),
    )


@st.composite
def hosts(draw: st.DrawFn, *standings: Standing) -> Host:
    count = draw(st.integers(0, 6))
    return Host(
        free_kib=draw(st.integers(0, LARGE)),
        reserve_kib=draw(st.integers(0, LARGE // 8)),
        promised_kib=draw(st.integers(0, LARGE // 8)),
        domains=tuple(draw(domains(number, *standings)) for number in range(count)),
    )


WANTED = st.integers(0, LARGE)


def told(host: Host, found: list[Change]) -> Host:
    """The host after its domains were told."""
    by_id = {change.domid: change for change in found}
    return replace(
        host,
        domains=tuple(
            replace(d, target_kib=by_id[d.domid].target_kib, limit_kib=by_id[d.domid].limit_kib)
            if d.domid in by_id
            else d
            for d in host.domains
        ),
    )


def obeyed(host: Host) -> Host:
    """The host after every domain that is asked went where its target says."""
    after = [
        replace(d, pages_kib=d.pages_at(d.target_kib)) if d.standing is Standing.ASKED else d
        for d in host.domains
    ]
    went = sum(d.pages_kib for d in after) - sum(d.pages_kib for d in host.domains)
    return replace(host, domains=tuple(after), free_kib=host.free_kib - went)


def settled(host: Host, wanted: int) -> Host:
    """The host after as many rounds as there are phases."""
    for _ in range(3):
        host = obeyed(told(host, changes(host, share(host, wanted))))
    return host


def by_id(shares: Shares, host: Host) -> list[tuple[Domain, int]]:
    return [(domain, shares.targets[domain.domid]) for domain in host.asked]


@given(hosts(), WANTED)
def test_nobody_is_asked_below_its_minimum_or_above_its_maximum(host: Host, wanted: int) -> None:
    for domain, target in by_id(share(host, wanted), host):
        assert domain.minimum_kib <= target <= domain.maximum_kib


@given(hosts(), WANTED)
def test_never_more_is_promised_than_there_is(host: Host, wanted: int) -> None:
    shares = share(host, wanted)
    if shares.verdict is Verdict.COMES:
        after = settled(host, wanted)
        assert after.free_kib - after.spoken_for_kib >= wanted


@given(hosts(), WANTED)
def test_what_all_may_take_at_the_end_is_there(host: Host, wanted: int) -> None:
    shares = share(host, wanted)
    if shares.verdict is Verdict.COMES:
        assert settled(host, wanted).available_kib >= wanted


@given(hosts(), WANTED)
def test_those_who_obey_share_in_proportion(host: Host, wanted: int) -> None:
    shares = share(host, wanted)
    assert 0.0 <= shares.gamma <= 1.0
    for domain, target in by_id(shares, host):
        exact = shares.gamma * (domain.maximum_kib - domain.minimum_kib)
        assert exact - PAGE_KIB <= target - domain.minimum_kib <= exact


@given(hosts(), WANTED)
def test_no_more_is_left_unused_than_rounding(host: Host, wanted: int) -> None:
    shares = share(host, wanted)
    if shares.verdict is Verdict.COMES and shares.gamma < 1.0:
        cost = sum(domain.cost_at(target) for domain, target in by_id(shares, host))
        there = host.free_kib - host.spoken_for_kib - wanted
        left = there + sum(domain.pages_kib for domain in host.asked) - cost
        assert left <= (PAGE_KIB + 1) * len(host.asked)


@given(hosts(), WANTED)
def test_while_one_has_to_give_nobody_grows(host: Host, wanted: int) -> None:
    shares = share(host, wanted)
    gives = any(d.pages_kib > d.cost_at(target) for d, target in by_id(shares, host))
    after = told(host, changes(host, shares))
    if gives:
        for before, domain in zip(host.domains, after.domains, strict=True):
            if domain.standing is Standing.ASKED and domain.target_kib > before.target_kib:
                assert domain.pages_at(domain.target_kib) <= max(
                    before.pages_kib, before.pages_at(before.minimum_kib)
                )


@given(hosts(), WANTED)
def test_nothing_to_do_does_nothing(host: Host, wanted: int) -> None:
    if share(host, wanted).verdict is Verdict.COMES:
        after = settled(host, wanted)
        assert changes(after, share(after, wanted)) == []


@given(hosts(), WANTED)
def test_who_cannot_be_asked_keeps_what_it_has_and_no_more(host: Host, wanted: int) -> None:
    for before, domain in zip(
        host.domains, told(host, changes(host, share(host, wanted))).domains, strict=True
    ):
        if domain.standing in (Standing.SILENT, Standing.HELD) and not domain.reserved_kib:
            assert domain.limit_kib == before.pages_kib


@given(hosts(), WANTED)
def test_those_named_could_have_given_it(host: Host, wanted: int) -> None:
    shares = share(host, wanted)
    if shares.verdict is Verdict.PREVENTED:
        obedient = replace(
            host,
            domains=tuple(
                replace(d, standing=Standing.ASKED) if d.domid in shares.preventing else d
                for d in host.domains
            ),
        )
        assert share(obedient, wanted).verdict is Verdict.COMES


@given(hosts(), pages(PAGE_KIB), pages(PAGE_KIB))
def test_a_newcomers_share_is_in_its_range(host: Host, one: int, other: int) -> None:
    low, high = sorted((one, other))
    assert low <= fair_kib(host, low, high) <= high


@given(domains(1), st.integers(0, LARGE))
def test_s6_pages_and_targets_convert_both_ways(domain: Domain, kib: int) -> None:
    assert domain.target_for(domain.pages_at(kib)) == kib
    assert domain.pages_at(domain.target_for(kib)) == kib
