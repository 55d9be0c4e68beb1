"""The words of the sample: names, firms, notes and what people say. All of it is invented."""

from campaigns.dispositions import Disposition
from signals.capture.vocabulary import SignalType


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


FIRST_NAMES = _words(
    "Adaeze Alison Amara Andre Anika Arthur Ayesha Beatrice Ben Bridget Caleb Camille Carlos Celia Chloe Damian Daniel "
    "Deepa Diego Eleanor Elias Emeka Esther Farah Felix Fiona Gabriel Grace Hana Harriet Hugo Imani Ines Isaac Jasmine "
    "Joanna Jonah Julian Kavya Keiko Kwame Laila Leo Lucia Malik Marcus Mei Miriam Nadia Nathan Noor Olivia Omar Oscar "
    "Paloma Priya Quentin Rachel Rafael Rohan Rosa Samir Selma Simon Sofia Tariq Tessa Theo Uma Victor Wanda Xavier "
    "Yara Yusuf Zoe"
)
LAST_NAMES = _words(
    "Abernathy Achterberg Adeyemi Alcott Amari Anand Ashgrove Balogun Barrowby Bellamy Birchall Blackwood Bosworth "
    "Calloway Castellan Chandra Corrigan Coverdale Cressfield Dacosta Dangerfield Delacroix Drummond Eastlake Ellery "
    "Falconer Farrow Fenwick Forsythe Galbraith Gaskill Greaves Hadfield Halloway Hargrove Hashimoto Holloran Ibarra "
    "Ingleby Iyer Jessop Joubert Kaminski Kapoor Kerrigan Kingsley Lachance Lindgren Lockhart Mandel Marchetti Mbanefo "
    "Merriweather Montrose Nakamura Navarro Nightingale Norcross Obuya Okafor Ormond Osgood Pemberton Penhallow "
    "Qureshi Ravenscroft Redfern Rosario Rutherford Sandoval Sedgwick Sinclair Stavros Sutcliffe Tamura Thackeray "
    "Tolliver Underhill Vance Varga Venkatesan Wadsworth Westbrook Whitlock Winterbourne Yardley Yoon Zielinski"
)
GERMAN_FIRST_NAMES = _words(
    "Anja Annika Bastian Birte Carsten Dörte Eike Felicitas Frauke Gesine Henning Ines Jannis Jörg Katharina Lars "
    "Leonie Malte Moritz Nele Oliver Philipp Ronja Sabine Sebastian Silke Thilo Ulrike Veit Wiebke"
)
GERMAN_LAST_NAMES = _words(
    "Achternbusch Bachmaier Brückner Dornfeld Ehrenreich Falkenhorst Grünwald Haberland Hellwig Immenhof Jessen "
    "Kaltenbach Kröger Lindenthal Mühlbauer Nordhaus Oldenburg Pfeiffer Quandel Rosenhain Schönefeld Sternau Tannhöfer "
    "Uhlenbrock Vossberg Weidenbach Winterfeld Ziegenhain"
)
FIRMS = (
    "Harrowgate Pell LLP",
    "Castellane Whitmore",
    "Brackenridge & Sole",
    "Ottermoor LLP",
    "Fenchurch Vale",
    "Lanthorn Drake LLP",
    "Quillon & Marsh",
    "Silverbeck Howe",
    "Thistlewood Crane LLP",
    "Marlowe Eddings",
    "Peregrine Stroud",
    "Ashlar Voss LLP",
    "Coldharbour & Finch",
    "Winterslow Grey",
    "Bexcombe Rhodes LLP",
    "Oakhanger Tate",
    "Larkspur Dunmore",
    "Stonecross & Bligh",
    "Tidewell Carrow LLP",
    "Hollinmere Partners",
    "Ravelin Thorpe",
    "Sandringdale Noyes LLP",
    "Juniper Aldous",
    "Copperfield Lisle",
    "Wexmoor & Hart LLP",
    "Greyfriars Tull",
    "Meridian Bolt LLP",
    "Saltash Verity",
    "Dovecote & Ames",
    "Kestrel Rowntree LLP",
)
SENIORITIES = (("Associate", 34), ("Senior Associate", 32), ("Counsel", 16), ("Partner", 18))

NOTES: dict[str, tuple[str, ...]] = {
    Disposition.NO_ANSWER: ("", "", "", "Rang out.", "Rang eight times.", "Line was busy twice."),
    Disposition.VOICEMAIL: (
        "",
        "",
        "Left the short message.",
        "Left name and number.",
        "Mailbox greeting confirms name and firm.",
        "No message left; second voicemail this week.",
    ),
    Disposition.GATEKEEPER: (
        "Assistant screens calls; asked to try after five.",
        "Reception took a message.",
        "In a closing all day, says the assistant.",
        "Assistant offered to pass on an email.",
        "Put through, then back to reception.",
    ),
    Disposition.INCORRECT_NUMBER: (
        "Number belongs to somebody else.",
        "Not in service.",
        "Former direct line; now another team.",
    ),
    Disposition.NOT_INTERESTED: (
        "Happy where they are. Polite.",
        "Up for promotion this cycle, will not look.",
        "Just moved in the spring.",
        "Does not take calls about moves.",
        "Leaving private practice altogether.",
        "Not a good year, family comes first.",
    ),
    Disposition.CALLBACK_REQUESTED: (
        "Could not talk in the office.",
        "Between two meetings, asked for another time.",
        "Wants to talk from the car.",
        "Signing this week; call after it.",
        "Asked to be called on the mobile later.",
    ),
    Disposition.FUTURE_POTENTIAL: (
        "Good talk. Open to the right platform, not in a hurry.",
        "Would listen after bonuses are paid.",
        "Curious about smaller firms with real client contact.",
        "Asked what the market pays at this level.",
        "Loyal to the group head, less so to the firm.",
        "Wants to see how the partner vote goes first.",
        "Would move for a clear path to partner.",
    ),
    Disposition.MEETING_BOOKED: (
        "Keen to meet. Prefers a video call.",
        "Meets us for coffee near the office.",
        "Asked for a confidential first talk.",
        "Wants to compare two platforms.",
        "Brings questions about compensation bands.",
    ),
    Disposition.DO_NOT_CONTACT: (
        "Asked not to be called again.",
        "Firm policy, take off the list.",
        "Was clear about it: no further calls.",
    ),
}

EVIDENCE: dict[tuple[str, str], tuple[str, ...]] = {
    (SignalType.MOVEMENT_STATE, "Not Moving"): ("I'm staying put.", "Not this year, and I mean it."),
    (SignalType.MOVEMENT_STATE, "Soft Listening"): ("I always listen.", "Tell me, but don't send anything yet."),
    (SignalType.MOVEMENT_STATE, "Exploring"): ("I've had two coffees already.", "I've started asking around."),
    (SignalType.MOVEMENT_STATE, "Active"): ("I want to be out by the autumn.", "My CV is ready."),
    (SignalType.TIMING_WINDOW, "Unknown"): ("I couldn't tell you when.",),
    (SignalType.TIMING_WINDOW, "12+ months"): ("Not before the promotion round after next.", "In a year or two."),
    (SignalType.TIMING_WINDOW, "6-12 months"): ("After the bonus, so next year.", "Once this fund has closed."),
    (SignalType.TIMING_WINDOW, "3-6 months"): ("After the summer.", "When the two deals are signed."),
    (SignalType.TIMING_WINDOW, "Within 3 months"): ("As soon as there is an offer.", "My notice period is a month."),
    (SignalType.MOTIVATION_DRIVER, "Compensation"): ("We are below market and everyone knows.", "It is the bonus."),
    (SignalType.MOTIVATION_DRIVER, "Platform and Clients"): ("I need a bench behind me.", "My clients outgrew us."),
    (SignalType.MOTIVATION_DRIVER, "Advancement"): ("There are six of us for one seat.", "I want to see a path."),
    (SignalType.MOTIVATION_DRIVER, "Culture and Leadership"): ("Since the merger it isn't the same place.",),
    (SignalType.MOTIVATION_DRIVER, "Flexibility"): ("Four days in the office is too many.",),
    (SignalType.MOTIVATION_DRIVER, "Relocation"): ("My partner's job is moving.", "We want to be near family."),
    (SignalType.MOTIVATION_DRIVER, "Firm Instability"): ("Three partners have left since March.",),
    (SignalType.MOTIVATION_DRIVER, "Other"): ("Honestly, I'd like to teach as well.",),
    (SignalType.CONVERSATION_ACCESS, "Closed"): ("Please keep it short.",),
    (SignalType.CONVERSATION_ACCESS, "Guarded"): ("I'd rather not say on this line.", "Who gave you my name?"),
    (SignalType.CONVERSATION_ACCESS, "Open"): ("Sure, ask away.", "Good timing, I have ten minutes."),
    (SignalType.CONVERSATION_ACCESS, "Inviting"): ("I was hoping you'd ring.", "Call me any Friday."),
    (SignalType.RELATIONSHIP_PERMISSION, "None"): ("No need to follow up.",),
    (SignalType.RELATIONSHIP_PERMISSION, "Follow-up Allowed"): ("Try me again in the spring.", "You may ring again."),
    (SignalType.RELATIONSHIP_PERMISSION, "Opportunities Welcome"): ("Send me the good ones.",),
    (SignalType.RELATIONSHIP_PERMISSION, "Trusted Adviser"): ("What would you do in my place?",),
    (SignalType.FIRM_STABILITY, "Declined to Say"): ("No comment on that.",),
    (SignalType.FIRM_STABILITY, "Unstable"): ("People are leaving every week.", "The finance group is gone."),
    (SignalType.FIRM_STABILITY, "Uncertain"): ("There is talk of a merger.", "Nobody knows after the vote."),
    (SignalType.FIRM_STABILITY, "Stable"): ("The firm is doing fine.", "Best year we have had."),
}

PAUSES = (
    "The client asked to wait for the partner vote",
    "Public holidays",
    "Callers on leave",
    "New brief from the client",
    "Too many callbacks open; working those off first",
)
RESULTS = (
    "Everyone who could be reached was reached",
    "The picture is clear; the open doors go into a follow-up",
    "The client has filled the seats",
)
REMOVALS = ("Moved in-house", "Left the market", "Client asked to leave this person out")
VOIDS = ("Logged twice", "Dialled by mistake", "Logged for the wrong person")
SUPPRESSIONS = ("Client of the firm, off limits", "Asked by email not to be called", "Placed by us last year")
BRIEFS = (
    "Find out who would listen and what would move them. Open with the group's recent mandates, never with pay.",
    "Map the {practice} bench in {geography}. One question matters: when could it happen?",
    "Keep the relationship warm. Listen first; offer a confidential talk when the timing fits.",
)
PERSON_TAGS = ("Alumni", "Referral", "Board contact")
CAMPAIGN_TAGS = ("Priority", "Pilot")
PERSON_NOTES = (
    "Met at the finance dinner in May. Prefers email in the mornings. @Calvin, try again after her trial ends.",
    "Knows two people on our shortlist; ask for an introduction.",
    "His assistant says Thursdays are best. @Mara, should we offer lunch instead of a call?",
    "Moves house in spring and doesn't want to relocate again.",
    "Worked with our client ten years ago. Tread lightly, @Corinne.",
    "Reads every market update we send. Mention the new one.",
)
CAMPAIGN_NOTES = (
    "The client wants to see names by Friday. @Calvin @Corinne, callbacks first this week.",
    "Partners answer before nine; associates after six.",
    "Two firms here announced a merger. @Mara, shall we adjust the brief?",
)
PERSON_TASKS = ("Find a direct number", "Send the market update", "Check whether the firm has changed")
CAMPAIGN_TASKS = ("Agree the shortlist with the client", "Add the new joiners from the trade press")
OTHER_TASK = "Ask the client for next quarter's priorities"
OFF_LIMITS = ("Long-standing client of ours", "Placed by us in March")
OFF_LIMITS_BY = "Dana Whitfield"
