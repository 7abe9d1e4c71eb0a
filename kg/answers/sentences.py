"""The table of sentences that can be asked: what each looks like, and which question it is.

{x} and {y} stand for a name, {date} for "on 1 April 2018", "in April 2018" or "in 2018". Rows are
tried in order, so the particular stands before the general. Each row has an example, which a
test asks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

_DATE: Final = (
    r"(?:(?:,? (?:on|in|at|as of|as at|during|by) (?:the )?"
    r"(?P<date>\d{1,2}/\d{1,2}/\d{4}|\d{4}(?:-\d{2}){1,2}|(?:\d{1,2}(?:st|nd|rd|th)?,? (?:of )?)?(?:[a-z]+,? )?\d{4}))"
    r"|(?P<now> (?:now|today|currently|at present)))?"
)


#: A date on its own, for the sentences about what changed; the first of two may leave its year to the second.
_DAY: Final = r"\d{1,2}/\d{1,2}/\d{4}|\d{4}(?:-\d{2}){1,2}|(?:\d{1,2}(?:st|nd|rd|th)?,? (?:of )?)?(?:[a-z]+,? )?\d{4}"
_FIRST: Final = rf"(?P<first>{_DAY}|\d{{1,2}}(?:st|nd|rd|th)?(?: (?:of )?[a-z]+)?|[a-z]+)"


@dataclass(frozen=True)
class Pattern:
    """A form of sentence: `asks` names the question in `ask`, `form` is how it is put."""

    asks: str
    form: str
    example: str

    def match(self, sentence: str) -> re.Match[str] | None:
        return _compiled(self.form).fullmatch(sentence)


@cache
def _compiled(form: str) -> re.Pattern[str]:
    whole = (
        form.replace("{x}", "(?P<x>.+?)")
        .replace("{y}", "(?P<y>.+?)")
        .replace("{date}", _DATE)
        .replace("{n}", r"(?P<n>\d+|[a-z]+)")
    )
    return re.compile(whole, re.IGNORECASE)


_BE: Final = "(?:is|are|was|were)"
_DO: Final = "(?:do|does|did)"

# A table, a row a line, where the line holds it.
# fmt: off
PATTERNS: Final = (
    # What is not known
    Pattern(
        "coverage", r"what (?:does|do) (?:the|this|your) (?:graph|data|data set) (?:not|n't) (?:know|record|hold|contain|include)(?: (?:about|of|for) {x})?",
        "What does the graph not know about PCNs?",
    ),
    Pattern("coverage", r"what (?:is|'s) (?:not known|unknown|missing|not recorded|not in the graph)(?: (?:about|of|for|from) {x})?", "What is not recorded of CCGs?"),
    # Not questions of fact: said so, rather than answered with what was not asked.
    Pattern("beyond", r"(?:why|should|will|would|could|can|may|must|is it|is there|are there any|is the|has the) .+", "Why are ICBs merging?"),
    Pattern("beyond", r"(?:what|which|who|when) (?:will|would|should|could|might) .+", "What will ICBs become?"),
    Pattern("beyond", r"who (?:runs|leads|chairs|heads|owns|pays|funds|decides) .+", "Who runs NHS England?"),
    Pattern("beyond", r"how much .+", "How much money does an ICB have?"),
    Pattern("beyond", r"how (?:will|would|should|can|could) .+", "How will the merger affect patients?"),
    Pattern("beyond", r"what (?:criteria|reasons?|rules?) .+", "What criteria decide which ICBs merge?"),
    Pattern("beyond", rf"what {_BE} (?:in|the (?:effects?|impacts?|purposes?|aims?|costs?|benefits?)) .+", "What is the effect of merging ICBs?"),
    Pattern("beyond", rf"what {_DO} .+ mean for .+", "What do ICB mergers mean for rural areas?"),
    # Differences
    Pattern("difference", rf"what(?: {_BE}|'s) the differences? between {{x}} and {{y}}", "What is the difference between a CCG and an ICS?"),
    Pattern("difference", rf"how {_DO} {{x}} differ from {{y}}", "How does an ICB differ from an ICS?"),
    Pattern("difference", r"{x} (?:vs?\.?|versus) {y}", "ACO vs ACS"),
    Pattern("difference", rf"{_BE} {{x}} the same (?:thing )?as {{y}}", "Is an ACO the same as an ACS?"),
    Pattern("each", r"{x}: what (?:do|does) .+ mean.*", "ICS, ICB, ICP: what do they mean and what is the difference?"),
    # What changed between two days, or on one
    Pattern("changed", rf"what(?: has| have)? (?:changed|happened|is different) between {_FIRST} and (?P<date>{_DAY})", "What changed between 31 March and 1 April 2026?"),
    Pattern("changed", rf"what(?: has| have)? (?:changed|happened) from {_FIRST} to (?P<date>{_DAY})", "What changed from 2017 to 2019?"),
    Pattern("changed", rf"what(?: has| have)? changed (?:since|after) (?P<since>{_DAY})", "What has changed since 1 July 2022?"),
    Pattern("changed", rf"what(?: has| have)? (?:changed|happened) (?:on|in|during) (?P<date>{_DAY})", "What changed on 1 April 2026?"),
    Pattern("changed", rf"(?:the )?(?:changes|differences?) (?:on|in|during) (?P<date>{_DAY})", "Changes in April 2020"),
    Pattern("changed", rf"(?:the )?(?:changes|differences?) between {_FIRST} and (?P<date>{_DAY})", "Differences between 2019 and 2020"),
    # Everything that happened to one thing, in order of time
    Pattern(
        "timeline", rf"what (?:has happened|has been happening|happened|{_BE} happening) to {{x}} (?:over time|over the years|year by year|so far)",
        "What happened to NHS Frimley CCG over time?",
    ),
    Pattern("timeline", r"(?:what is |what's |show |give |show me |give me )?(?:the |a )?(?:timeline|chronology) (?:of|for) {x}", "Timeline of NHS Frimley ICB"),
    Pattern("timeline", r"(?:show |list |tell me )?everything that (?:has )?happened to {x}", "Everything that happened to Greater Manchester ICS"),
    # What became of it
    Pattern("codes", rf"what (?:happens|happened|{_BE} happening) to (?:the )?{{x}} codes(?: when .+)?", "What happened to STP codes when ICBs started?"),
    Pattern("became", rf"what (?:{_DO}|has|have) {{x}} (?:become|became|turn(?:ed)? into|change[d]? (?:in)?to|evolved? into|get replaced by){{date}}", "What did ACS become?"),
    Pattern("became", r"what (?:became|has become|happened) (?:of|to) {x}{date}", "What became of the Berkshire West ICS?"),
    Pattern("became", r"(?:what|who) (?:replaced|succeeded|superseded|took over from|came after|followed) {x}{date}", "What replaced the PCTs?"),
    Pattern("became", rf"(?:what|who) {_BE} the (?:successors?|replacements?) (?:of|to|for) {{x}}{{date}}", "What is the successor of the STPs?"),
    Pattern("became", rf"what {_BE} {{x}} (?:called |known as )?(?:now|today|nowadays|replaced by|succeeded by)", "What is the ACS called now?"),
    Pattern("became", rf"{_DO} {{x}} (?:cease to exist|still exist|end).*", "Do STPs cease to exist when ICBs come into being?"),
    Pattern("became", r"(?:when )?did {x} become {y}", "When did ACS become ICS?"),
    Pattern("became", r"with {x} gone,? what .+", "With CCGs gone, what gives us that level of detail?"),
    # What it was before
    Pattern(
        "before", rf"what {_BE} {{x}} (?:(?:called|known as|named) )?(?:before|formerly|previously|originally|earlier|in the past)(?: (?:that|called))?{{date}}",
        "What was ICS called before?",
    ),
    Pattern("before", rf"what (?:{_BE} (?:formerly|previously|originally) called |came before |preceded |used to be (?:called )?){{x}}{{date}}", "What came before the CCGs?"),
    Pattern("before", rf"what {_DO} {{x}} (?:replace|succeed|take over from|come from|evolve from|grow out of){{date}}", "What did the ICBs replace?"),
    Pattern("before", rf"what {_BE} the (?:previous|former|old|original|earlier) names? (?:of|for) {{x}}{{date}}", "What was the previous name of the ICP contract?"),
    Pattern("before", rf"(?:what|who) {_BE} the predecessors? (?:of|to) {{x}}{{date}}", "What was the predecessor of the ICBs?"),
    Pattern("lineage", rf"what(?: {_BE}|'s) (?:happening in|the (?:history|lineage|story) of) {{x}}", "What is happening in West Yorkshire and Harrogate?"),
    Pattern("lineage", r"(?:the )?(?:history|lineage|story) of {x}", "History of Frimley ICS"),
    # How many people, how many of them
    Pattern(
        "population", r"(?:what (?:is|was) the |the )?population of {x} (?:by|per|in each|for each) (?P<by>[a-z][a-z -]*?){date}",
        "What was the population of CCGs by region on 1 April 2021?",
    ),
    Pattern(
        "population", rf"how many (?:people|patients|persons|residents) {_DO} {{x}} (?:cover|serve|have|look after|include|care for){{date}}",
        "How many people does a PCN cover?",
    ),
    Pattern("population", rf"how (?:big|large) {_BE} {{x}}(?: really| actually| in fact)?{{date}}", "How big are PCNs really?"),
    Pattern(
        "population", rf"what(?: {_BE}|'s) the (?:population|size|list size|registered population) (?:covered by|served by|of) {{x}}{{date}}",
        "What is the population of Dorset ICS?",
    ),
    Pattern("population", r"(?:the )?population of {x}{date}", "Population of Greater Manchester ICS"),
    Pattern("members", rf"(?:how many|which) members {_DO} {{x}} have{{date}}", "How many members did Frimley Health and Care have in 2019?"),
    Pattern("how_many_in", rf"how many {{x}} {_DO} {{y}} (?:have|contain|include|comprise){{date}}", "How many CCGs did Frimley Health and Care have in 2019?"),
    Pattern(
        "count", rf"how many {{x}} {_BE}(?: there)? (?:by|per|in each|for each) (?P<by>[a-z][a-z -]*?){{date}}",
        "How many CCGs were there in each region on 1 April 2019?",
    ),
    Pattern("count", r"how many {x} (?P<tense>are|were|have|had|did)(?: there)?(?: been| ever| exist| existed)*{date}", "How many STPs were there?"),
    Pattern("how_many_in", rf"how many {{x}} {_BE}(?: there)? (?:in|inside|within) {{y}}{{date}}", "How many CCGs were there in Frimley Health and Care in 2019?"),
    Pattern("count", r"how many {x}{date}", "How many CCGs in 2022?"),
    Pattern("count", r"(?:what (?:is|was) the )?(?:number|count) of {x}{date}", "Number of CCGs on 1 April 2018"),
    # Lists
    Pattern("first", rf"(?:which|what|who) {_BE} the (?:first|original)(?: {{n}})? {{x}}", "Which were the first 14 ICSs?"),
    Pattern("wave", rf"(?:which|what) {{x}} {_BE} (?:in )?(?:the )?(?:(?P<n>first|second|third) wave|wave (?P<w>\d+))", "Which ICSs were in wave 2?"),
    Pattern("which_in", rf"which {{x}} {_BE}(?: there)? (?:in|inside|within|part of) {{y}}{{date}}", "Which CCGs were in Frimley Health and Care in 2019?"),
    Pattern("which_in", rf"which {{x}} {_DO} {{y}} (?:have|contain|include|comprise){{date}}", "Which CCGs did Frimley Health and Care have in 2019?"),
    Pattern(
        "which", r"(?:which|what) (?:sites|areas|systems|places|bodies|organisations|partnerships|icss?|stps?)"
        r" (?:have|had|has|got|were given|are|were) (?!(?:the )?(?:members?|partners?|part) of)(?:an? |the )?{x}",
        "Which sites have devolution deals?",
    ),
    Pattern("which", rf"(?:what(?: {_BE}|'s) the (?:up-to-date |current |full |latest )?)?list of {{x}}(?P<rest>,? with .+)?", "What is the list of STP footprints?"),
    Pattern("which", rf"where {_BE} the (?:\d+ ){{x}}", "Where are the 42 ICSs?"),
    # Who commissioned whom
    Pattern("commissioners", r"(?:who|what|which (?:body|organisation)) commission(?:s|ed) {x}{date}", "Who commissioned Stockton PCN in 2020?"),
    Pattern("commissioners", rf"(?:who|what|which (?:body|organisation)) {_BE} {{x}} commissioned by{{date}}", "Who was Stockton PCN commissioned by on 1 July 2022?"),
    Pattern("commissioners", rf"(?:who|what)(?: {_BE}|'s) the commissioners? (?:of|for) {{x}}{{date}}", "Who is the commissioner of Stockton PCN?"),
    # Who belonged to what
    Pattern("members", rf"who(?: {_BE}|'s) (?:(?:a |the )?(?:members?|partners?) (?:of|in)|in|part of) {{x}}{{date}}", "Who are the members of Berkshire West ICS?"),
    Pattern("members", r"who (?:sits|sat) on {x}(?P<rest>,? and .+)?", "Who sits on the clinical senates?"),
    Pattern("members", r"(?:who|what|which \w+) (?:belongs?|belonged) to {x}{date}", "Which organisations belonged to Frimley ICS in 2019?"),
    Pattern("members", rf"(?:what|which)(?: \w+)? {_BE} (?:the )?(?:members?|partners?) of {{x}}{{date}}", "Which bodies were members of Dorset ICS in 2019?"),
    Pattern("members", r"(?:the )?members of {x}{date}", "Members of Frimley ICS on 1 June 2019"),
    Pattern("memberships", rf"(?:what|which \w+) {_BE} {{x}} (?:a )?(?:part of|member of|in){{date}}", "Which ICS was Dorset CCG in?"),
    Pattern("memberships", rf"(?:what|which \w+) {_DO} {{x}} (?:belong to|sit (?:in|inside)){{date}}", "What did Dorset CCG belong to in 2019?"),
    Pattern("joined", rf"when {_DO} {{x}} (?:join|enter|(?:move|transfer|go|come) (?:in)?to) {{y}}", "When did NHS Leeds CCG join West Yorkshire and Harrogate?"),
    # When and where
    Pattern("start", rf"when {_DO} {{x}} (?:start|begin|go live|launch|come into being|get set up|first appear)", "When did ICBs start?"),
    Pattern("start", rf"when {_BE} {{x}} (?:started|begun|created|established|set up|founded|formed|launched|introduced|announced)", "When were CCGs created?"),
    Pattern("when", rf"when {_DO} {{x}} (?:start|begin) and (?:end|finish|stop)", "When did STPs start and end?"),
    Pattern("end", rf"when {_DO} {{x}} (?:end|finish|close|cease to exist|stop|disappear)", "When did CCGs end?"),
    Pattern("end", rf"when {_BE} {{x}} (?:abolished|closed|ended|dissolved|disbanded|wound up|scrapped|replaced|renamed|merged)", "When were PCTs abolished?"),
    Pattern("when", r"when (?:did|do|was|were) {x}(?: exist| around)?", "When were CCGs around?"),
    Pattern("where", rf"(?:what|which) (?:area|areas|geography|places) {_DO} {{x}} (?:cover|serve|include)", "What area does the Berkshire West ICS cover?"),
    Pattern("where", rf"where {_BE} {{x}}", "Where is Dorset ICS?"),
    # What it is: the general form, last
    Pattern("each", rf"what {_BE} {{x}},? and how do they (?:nest|fit together|relate)", "What are STPs, ICPs, ICSs and PCNs, and how do they nest?"),
    Pattern("what", rf"what {_DO} {{x}} (?:stand for|mean)", "What does ICP stand for?"),
    Pattern("what", rf"what {_DO} {{x}} do(?P<rest>,? and .+)?", "What does NHS England do?"),
    Pattern("what", rf"(?:what|who)(?: {_BE}|'s) {{x}}(?P<rest>,? and (?:what|why|how|when|who) .+)?", "What is an ICP?"),
    Pattern("what", r"(?:define|explain|describe|tell me about) {x}", "Explain PCN"),
)
# fmt: on
