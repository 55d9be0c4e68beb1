"""The phrases that indicate each signal, by type, value and rule; signals.suggestions.phrase_matcher matches them."""

from signals.capture.vocabulary import SignalType

MOVEMENT, TIMING = SignalType.MOVEMENT_STATE, SignalType.TIMING_WINDOW
DRIVER, ACCESS = SignalType.MOTIVATION_DRIVER, SignalType.CONVERSATION_ACCESS
RELATION, FIRM = SignalType.RELATIONSHIP_PERMISSION, SignalType.FIRM_STABILITY


def _rules(**rules: str) -> dict[str, tuple[str, ...]]:
    """Keywords are rule names with underscores for blanks; values are the phrases, separated by bars."""
    return {
        name.replace("_", " "): tuple(" ".join(phrase.split()) for phrase in phrases.split("|"))
        for name, phrases in rules.items()
    }


PHRASES: dict[tuple[str, str], dict[str, tuple[str, ...]]] = {
    (MOVEMENT, "Not Moving"): _rules(
        not_looking="not looking|isn't looking|is not currently looking|not looking to move|not looking to leave"
        "|not looking for a move|not looking for a new job|not looking for a new role|not looking for a new firm"
        "|will not look|won't look|not in the market",
        no_plans_to_move="no plans to move|no plans to leave|no plans of leaving|no intention of leaving"
        "|no intention of moving|no intention to move|no intention to leave|doesn't plan to move|does not plan to move"
        "|not planning to move|not planning to leave|won't be moving|not considering a move|not thinking of leaving"
        "|not thinking about leaving|not thinking about moving",
        no_interest_in_moving="no interest in moving|no interest in leaving|no interest in a move"
        "|not interested in moving|not interested in leaving|not interested in a move|not open to moving"
        "|not open to a move",
        staying_put="staying put|not going anywhere|plans to stay|wants to stay where|intends to stay|here to stay",
        happy_where_they_are="happy where … is|happy where … are|content where … is|content where … are"
        "|very happy at the firm|settled where … is",
        just_arrived="just moved|just joined|only just started|recently joined|just moved firms",
    ),
    (MOVEMENT, "Soft Listening"): _rules(
        always_listens="always listen|always listens|always happy to listen|always willing to listen",
        would_listen="would listen|will listen|willing to listen|happy to listen|prepared to listen|ready to listen",
        ears_open="ears open|ear open|ear to the ground",
        right_opportunity="for the right opportunity|for the right role|for the right platform|for the right offer"
        "|for the right firm|open to the right platform|open to the right opportunity|open to the right role",
        would_consider="would consider a move|would consider moving|would consider leaving|could be persuaded"
        "|could be tempted",
        passively_looking="passively looking|looking passively",
        curious_about_the_market="curious about the market|curious what else is out there|curious what is out there",
    ),
    (MOVEMENT, "Exploring"): _rules(
        exploring_options="exploring … options|weighing … options|exploring a move|looking at … options"
        "|considering … options",
        considering_a_move="considering a move|considering leaving|considering moving|thinking about a move"
        "|thinking about moving|thinking about leaving|thinking of moving|thinking of leaving|contemplating a move",
        started_to_look="starting to look|started to look|started looking|begun to look|begun looking|began looking",
        asking_around="asking around|testing the market|testing the waters|looking around|sounding out",
        talks_to_firms="talking to a few firms|talking to other firms|talking to another firm|speaking to other firms"
        "|met with another firm|met another firm|met two other firms|spoken to other firms",
    ),
    (MOVEMENT, "Active"): _rules(
        actively_looking="actively looking|actively searching|actively in the market|looking actively",
        interviewing="actively interviewing|interviewing elsewhere|interviewing with|interviewing at other firms"
        "|second-round interview|final-round interview",
        wants_out="wants out|wants to leave|wants to move firms|wants to be out|needs to get out|desperate to leave",
        ready_to_move="ready to move|ready to leave|ready for a move|looking to move|looking to leave"
        "|looking for a move|looking for a new job|looking for a new role|looking for a new firm"
        "|looking for something new|decided to leave|decided to move",
        has_an_offer="has an offer|has offers|has two offers|holding an offer|got an offer|received an offer",
        cv_ready="CV is ready|résumé is ready|resume is ready|sent us … CV|sent over … CV|sent … resume"
        "|updated … CV|updated … resume|updating … CV|updating … resume",
        gave_notice="handed in … notice|has given notice|gave notice|has resigned|handed in … resignation",
    ),
    (TIMING, "Unknown"): _rules(
        cannot_say_when="couldn't say when|could not say when|can't say when|cannot say when|couldn't tell … when"
        "|could not tell … when|doesn't know when|does not know when|no idea when|not sure when",
        no_timeline="no timeline|no time-frame|no timeframe|no timetable|no date in mind",
    ),
    (TIMING, "12+ months"): _rules(
        in_years="in a year or two|in two years|in a couple of years|in a few years|in two or three years"
        "|in three years",
        not_for_a_year="not for a year|not for another year|not for at least a year|at least a year away"
        "|more than a year away|at least a year off|at least another year|not for two years",
    ),
    (TIMING, "6-12 months"): _rules(
        half_a_year_to_a_year="6-12 months|6 to 12 months|six to twelve months|in nine months|in eight months"
        "|in ten months|in 8 months|in 9 months|in 10 months",
    ),
    (TIMING, "3-6 months"): _rules(
        three_to_six_months="3-6 months|3 to 6 months|three to six months|in four months|in five months|in 4 months"
        "|in 5 months|in four or five months",
    ),
    (TIMING, "Within 3 months"): _rules(
        at_once="as soon as possible|as soon as there is an offer|immediately|straight away|right away",
        within_weeks="within weeks|in a few weeks|in the next few weeks|within a few weeks|within a month"
        "|within two months|within three months|within 3 months|in the next two months|next month"
        "|by the end of the month|in the next three months",
    ),
    (DRIVER, "Compensation"): _rules(
        underpaid="underpaid|below market|under market|pay is too low|paid too little|not paid enough"
        "|paid less than the market",
        wants_more_money="wants more money|wants better pay|wants higher pay|wants a raise|wants a higher salary"
        "|looking for more money|wants more compensation|wants to be paid more|it is about the money"
        "|it's about the money|all about the money",
        unhappy_with_pay="unhappy with … bonus|unhappy with … comp|unhappy with … compensation|unhappy with … pay"
        "|unhappy with … salary|disappointed with … bonus|disappointed by … bonus|bonus was disappointing"
        "|bonus was low|bonus was a disappointment|comp is the issue|compensation is the issue|money is the issue",
    ),
    (DRIVER, "Platform and Clients"): _rules(
        wants_a_platform="bigger platform|stronger platform|better platform|broader platform|right platform"
        "|wants a platform|needs a platform|wants a global platform|international platform",
        needs_a_bench="needs a bench|wants a bench|deeper bench|no bench|stronger bench",
        clients_outgrew="clients outgrew|clients have outgrown|outgrown the firm|outgrown the platform"
        "|rates are too high for … clients|priced out of … work",
        conflicts="conflicted out|conflicts are costing|losing work to conflicts|too many conflicts",
        better_work="better work|better deals|better clients|more client contact|real client contact"
        "|better quality of work|more interesting work",
    ),
    (DRIVER, "Advancement"): _rules(
        passed_over="passed over|did not make partner|didn't make partner|not made partner|denied partnership"
        "|turned down for partner",
        no_path="no path to partner|no path to partnership|no clear path|no path upwards|no way up|no room to grow"
        "|no room for advancement|no prospects|stuck at … level|nowhere to go from here",
        wants_a_path="wants to make partner|wants partnership|wants equity|wants to see a path|wants a path"
        "|wants to be promoted|path to partner elsewhere|would move for a … path to partner|wants a seat at the table",
        blocked="blocked from partner|blocked from partnership|glass ceiling|waiting in line for partner",
    ),
    (DRIVER, "Culture and Leadership"): _rules(
        toxic="toxic|bullying|bullied|culture is bad|culture has changed|culture is awful|terrible culture",
        not_the_same_place="isn't the same place|is not the same place|not the same firm|isn't the same firm",
        leadership="unhappy with … leadership|unhappy with … management|lost faith in … leadership"
        "|lost faith in … management|does not trust … leadership|doesn't trust … leadership"
        "|does not trust … management|doesn't trust … management|unhappy with the culture",
        politics="tired of the politics|sick of the politics|too much politics|too political|fed up with the politics",
        does_not_get_on="does not get on with|doesn't get on with|does not get along with|doesn't get along with",
    ),
    (DRIVER, "Flexibility"): _rules(
        wants_to_work_from_home="wants to work from home|wants to work remotely|wants remote|wants hybrid"
        "|more remote work|more flexibility|wants flexibility|wants part-time|wants reduced hours",
        too_many_office_days="too many days in the office|days in the office is too many|hates the return to office"
        "|unhappy with … return to office|unhappy about … return to office",
        hours="burned out|burnt out|hours are too long|hours are brutal|too many hours|wants better balance"
        "|better work-life balance|wants a better balance|wants fewer hours",
    ),
    (DRIVER, "Relocation"): _rules(
        relocating="wants to relocate|looking to relocate|is relocating|will relocate|moving back home"
        "|planning to relocate",
        family_elsewhere="closer to family|near family|nearer to family|nearer family|wife's job is moving"
        "|husband's job is moving|partner's job is moving|spouse is relocating|wife is relocating"
        "|husband is relocating|partner is relocating",
    ),
    (DRIVER, "Firm Instability"): _rules(
        wants_stability="wants stability|looking for stability|wants somewhere more stable|wants a more stable"
        "|somewhere more stable",
        worried_about_the_firm="worried about the firm|worried about layoffs|nervous about the firm"
        "|nervous about the merger|worried about the merger|afraid of layoffs|concerned about the firm",
    ),
    (DRIVER, "Other"): _rules(
        another_life="wants to teach|wants to go in-house|wants an in-house role|leaving private practice"
        "|wants to leave private practice|wants to leave the law",
    ),
    (ACCESS, "Closed"): _rules(
        would_not_talk="refused to talk|would not talk|wouldn't talk|did not want to talk|didn't want to talk"
        "|does not want to talk|doesn't want to talk|unwilling to talk",
        hung_up="hung up|cut me off|cut the call short|ended the call abruptly",
        takes_no_calls="does not take calls|doesn't take calls|never takes calls|takes no calls",
    ),
    (ACCESS, "Guarded"): _rules(
        guarded="guarded|noncommittal|non-committal|cards close|wary of recruiters|wary of headhunters"
        "|suspicious of recruiters",
        would_rather_not_say="would rather not say|would rather not talk|'d rather not say|reluctant to talk"
        "|hesitant to talk|who gave … name|asked who gave us|asked where we got",
    ),
    (ACCESS, "Open"): _rules(
        happy_to_talk="happy to talk|happy to chat|happy to speak|willing to talk|glad to talk|open to talking"
        "|open to a conversation|open to a chat|open to a call|open to a talk",
        talked_openly="talked freely|spoke freely|spoke openly|talked openly|very open with|was very open",
    ),
    (ACCESS, "Inviting"): _rules(
        glad_we_called="glad … called|pleased … called|glad of the call|hoping … call|hoping … ring"
        "|delighted to hear from",
        any_time="call … any time|call … anytime|ring … any time|ring … anytime",
        keen_to_meet="keen to talk|keen to meet|eager to meet|eager to talk|wants to meet us|asked to meet us"
        "|invited us|invited me|looking forward to meeting|looking forward to the meeting",
    ),
    (RELATION, "None"): _rules(
        asked_for_no_calls="asked not to be called|no further calls|do not call again|don't call again"
        "|not to call again|does not want to hear from us|doesn't want to hear from us",
        off_the_list="off the list|off our list|remove … from … list",
        no_follow_up="no need to follow-up|do not follow-up|don't follow-up|asked us not to follow-up",
    ),
    (RELATION, "Follow-up Allowed"): _rules(
        may_call_again="may call again|can call again|okay to call again|ok to call again|fine to call again"
        "|happy for us to call again|may ring again|can ring again|welcome to call again",
        asked_to_try_again="try me again|asked us to try again|asked me to try again|asked to check back"
        "|asked us to check in|asked me to check in|asked us to follow-up|asked me to follow-up"
        "|happy for us to follow-up|happy for me to follow-up",
        stays_in_touch="happy to stay in touch|happy to keep in touch|wants to stay in touch|wants to keep in touch"
        "|agreed to stay in touch|agreed to keep in touch|glad to stay in touch|open to staying in touch",
    ),
    (RELATION, "Opportunities Welcome"): _rules(
        send_the_good_ones="send … the good ones|send … good ones|send … opportunities|send … roles"
        "|send … job descriptions|send … job specs",
        hears_about_roles="hear about opportunities|hear about roles|hear about openings|open to opportunities"
        "|hearing about opportunities|hearing about roles|would like to see roles|wants to see roles"
        "|asked what roles|asked which roles|asked to see roles",
        keep_in_mind="keep me in mind|keep him in mind|keep her in mind|keep them in mind|keep me posted"
        "|keep him posted|keep her posted|keep them posted|if anything comes up|if something comes up",
    ),
    (RELATION, "Trusted Adviser"): _rules(
        asked_for_advice="asked for advice|asked for my advice|asked for our advice|wants our advice|wants my advice"
        "|asked what i would do|asked what we would do|what would you do|asked my opinion|asked our opinion"
        "|asked for my view|asked for our view",
        trusts_us="trusts us|trusts me|relies on us|confided in us|confided in me|confided that",
    ),
    (FIRM, "Declined to Say"): _rules(
        no_comment="declined to comment|no comment|would not comment|wouldn't comment",
        would_not_discuss_the_firm="declined to say how the firm|would not discuss the firm"
        "|wouldn't discuss the firm|would not talk about the firm|wouldn't talk about the firm"
        "|did not want to talk about the firm|didn't want to talk about the firm|would not say how the firm",
    ),
    (FIRM, "Unstable"): _rules(
        people_leave="partners are leaving|partners have left|people are leaving|partners leaving|losing partners"
        "|lost … partners|lost half of|mass exodus|exodus of|associates are leaving|group has left",
        falls_apart="group is falling apart|firm is falling apart|group is gone|sinking ship|firm is collapsing"
        "|firm is dissolving|firm is breaking up|office is closing|closing the office|group is breaking up",
        firm_struggles="firm is struggling|firm is in trouble|group is in trouble|firm is unstable"
        "|firm is shrinking|firm is losing money|firm is not doing well|firm isn't doing well|group is shrinking",
        lays_off="firm is laying off|announced layoffs|round of layoffs|layoffs at the firm|firm laid off",
    ),
    (FIRM, "Uncertain"): _rules(
        talk_of_a_merger="talk of a merger|rumours of a merger|rumors of a merger|merger rumours|merger rumors"
        "|firm might merge|firm may merge",
        does_not_know_the_firm="uncertain about the firm|unsure about the firm|not sure about the firm"
        "|not sure where the firm|firm's future is unclear|future of the firm is unclear|future of the group"
        "|nobody knows after|waiting to see what happens to the firm|waiting to see what happens at the firm",
    ),
    (FIRM, "Stable"): _rules(
        firm_does_well="firm is doing well|firm is doing fine|firm is stable|firm is strong|firm is solid"
        "|firm is growing|firm is thriving|firm is healthy|firm is busy and growing",
        group_does_well="group is doing well|group is doing fine|group is stable|group is growing|group is thriving"
        "|practice is growing|practice is thriving",
        best_year="best year we have had|best year yet|best year ever|best year they have had|firm had a record year",
    ),
}

FALSE_MATCHES = tuple(
    "not actively looking|not looking forward|not looking for more|not looking at|not looking good|not looking into"
    "|not looking for money|not looking for a raise|just moved house|just moved home|just moved desk|just moved office"
    "|just moved offices|just moved in|just moved to the new office|just joined the call|just joined a call"
    "|wants to leave it|wants to leave early|wants to leave the call|wants to leave work|wants to leave at"
    "|wants to leave private practice|wants to leave the law|looking to move house|looking to move home"
    "|looking to move office|looking to move desk|looking to move the|ready to move on|ready to move the"
    "|ready to leave the office|ready to leave for|looking to leave early|looking around the|looking around for"
    "|interviewing with us|interviewing candidates|got an offer on|has an offer on|received an offer on"
    "|did not want to talk in|did not want to talk at|did not want to talk now|did not want to talk today"
    "|did not want to talk about|did not want to talk from|didn't want to talk in|didn't want to talk at"
    "|didn't want to talk now|didn't want to talk today|didn't want to talk about|didn't want to talk from"
    "|does not want to talk in|does not want to talk about|doesn't want to talk in|doesn't want to talk about"
    "|would not talk in|would not talk at|would not talk about|wouldn't talk in|wouldn't talk at|wouldn't talk about"
    "|not sure when to|don't send … opportunities|do not send … roles|has no clear path for"
    "|started looking at|started looking into|started to look at|starting to look at|began looking at"
    "|no comment on pay|no comment on bonus|no comment on salary|below market rent|well guarded|closely guarded"
    "|not just moved|better clients than|too political to".split("|")
)
"""Phrases that contain one of the above but mean something else."""
