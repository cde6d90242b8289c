//! Bytes as words to read aloud: the PGP word list. Even places have words of two syllables, odd places of three, so
//! that a word left out, said twice or exchanged with its neighbour is noticed.

/// The words of `bytes`, one a byte.
///
/// ```
/// use tuffet_keys::words;
/// assert_eq!(words::encode(&[0xE5, 0x82, 0x94]), "topmost Istanbul Pluto");
/// assert_eq!(words::decode("TOPMOST istanbul  pluto").unwrap(), [0xE5, 0x82, 0x94]);
/// ```
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    let words = bytes.iter().enumerate().filter_map(|(at, byte)| list(at).split(' ').nth(usize::from(*byte)));
    words.collect::<Vec<_>>().join(" ")
}

/// The bytes of `words`, which stand between white space; upper and lower case are the same.
///
/// # Errors
/// [`WordsError`] at the first word that is not of the list its place asks for.
pub fn decode(words: &str) -> Result<Vec<u8>, WordsError> {
    let byte = |(at, word): (usize, &str)| {
        let found = position(at, word);
        found.ok_or_else(|| WordsError {
            place: at.saturating_add(1),
            word: word.to_owned(),
            misplaced: position(at.saturating_add(1), word).is_some(),
        })
    };
    words.split_whitespace().enumerate().map(byte).collect()
}

/// A word that does not belong where it stands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("word {place}: expected a word of {}, found `{}`{}", syllables(*place), word.escape_debug(),
    if *misplaced { ": a word before it is missing or said twice" } else { "" })]
pub struct WordsError {
    /// Its place, from 1.
    pub place: usize,
    /// The word.
    pub word: String,
    /// Whether it is of the other list.
    pub misplaced: bool,
}

fn syllables(place: usize) -> &'static str {
    if place.is_multiple_of(2) { "three syllables" } else { "two syllables" }
}

fn position(at: usize, word: &str) -> Option<u8> {
    list(at).split(' ').position(|known| known.eq_ignore_ascii_case(word)).and_then(|byte| u8::try_from(byte).ok())
}

fn list(at: usize) -> &'static str {
    if at.is_multiple_of(2) { TWO_SYLLABLES } else { THREE_SYLLABLES }
}

/// Words 00 to FF for even places.
const TWO_SYLLABLES: &str = "aardvark absurd accrue acme adrift adult afflict ahead aimless Algol allow alone ammo \
ancient apple artist assume Athens atlas Aztec baboon backfield backward banjo beaming bedlamp beehive beeswax \
befriend Belfast berserk billiard bison blackjack blockade blowtorch bluebird bombast bookshelf brackish breadline \
breakup brickyard briefcase Burbank button buzzard cement chairlift chatter checkup chisel choking chopper Christmas \
clamshell classic classroom cleanup clockwork cobra commence concert cowbell crackdown cranky crowfoot crucial \
crumpled crusade cubic dashboard deadbolt deckhand dogsled dragnet drainage dreadful drifter dropper drumbeat drunken \
Dupont dwelling eating edict egghead eightball endorse endow enlist erase escape exceed eyeglass eyetooth facial \
fallout flagpole flatfoot flytrap fracture framework freedom frighten gazelle Geiger glitter glucose goggles goldfish \
gremlin guidance hamlet highchair hockey indoors indulge inverse involve island jawbone keyboard kickoff kiwi klaxon \
locale lockup merit minnow miser Mohawk mural music necklace Neptune newborn nightbird Oakland obtuse offload optic \
orca payday peachy pheasant physique playhouse Pluto preclude prefer preshrunk printer prowler pupil puppy python \
quadrant quiver quota ragtime ratchet rebirth reform regain reindeer rematch repay retouch revenge reward rhythm \
ribcage ringbolt robust rocker ruffled sailboat sawdust scallion scenic scorecard Scotland seabird select sentence \
shadow shamrock showgirl skullcap skydive slingshot slowdown snapline snapshot snowcap snowslide solo southward \
soybean spaniel spearhead spellbind spheroid spigot spindle spyglass stagehand stagnate stairway standard stapler \
steamship sterling stockman stopwatch stormy sugar surmount suspense sweatband swelter tactics talon tapeworm tempest \
tiger tissue tonic topmost tracker transit trauma treadmill Trojan trouble tumor tunnel tycoon uncut unearth unwind \
uproot upset upshot vapor village virus Vulcan waffle wallet watchword wayside willow woodlark Zulu";

/// Words 00 to FF for odd places.
const THREE_SYLLABLES: &str = "adroitness adviser aftermath aggregate alkali almighty amulet amusement antenna \
applicant Apollo armistice article asteroid Atlantic atmosphere autopsy Babylon backwater barbecue belowground \
bifocals bodyguard bookseller borderline bottomless Bradbury bravado Brazilian breakaway Burlington businessman \
butterfat Camelot candidate cannonball Capricorn caravan caretaker celebrate cellulose certify chambermaid Cherokee \
Chicago clergyman coherence combustion commando company component concurrent confidence conformist congregate \
consensus consulting corporate corrosion councilman crossover crucifix cumbersome customer Dakota decadence December \
decimal designing detector detergent determine dictator dinosaur direction disable disbelief disruptive distortion \
document embezzle enchanting enrollment enterprise equation equipment escapade Eskimo everyday examine existence \
exodus fascinate filament finicky forever fortitude frequency gadgetry Galveston getaway glossary gossamer graduate \
gravity guitarist hamburger Hamilton handiwork hazardous headwaters hemisphere hesitate hideaway holiness hurricane \
hydraulic impartial impetus inception indigo inertia infancy inferno informant insincere insurgent integrate intention \
inventive Istanbul Jamaica Jupiter leprosy letterhead liberty maritime matchmaker maverick Medusa megaton microscope \
microwave midsummer millionaire miracle misnomer molasses molecule Montana monument mosquito narrative nebula \
newsletter Norwegian October Ohio onlooker opulent Orlando outfielder Pacific pandemic Pandora paperweight paragon \
paragraph paramount passenger pedigree Pegasus penetrate perceptive performance pharmacy phonetic photograph pioneer \
pocketful politeness positive potato processor provincial proximate puberty publisher pyramid quantity racketeer \
rebellion recipe recover repellent replica reproduce resistor responsive retraction retrieval retrospect revenue \
revival revolver sandalwood sardonic Saturday savagery scavenger sensation sociable souvenir specialist speculate \
stethoscope stupendous supportive surrender suspicious sympathy tambourine telephone therapist tobacco tolerance \
tomorrow torpedo tradition travesty trombonist truncated typewriter ultimate undaunted underfoot unicorn unify \
universe unravel upcoming vacancy vagabond vertigo Virginia visitor vocalist voyager warranty Waterloo whimsical \
Wichita Wilmington Wyoming yesteryear Yucatan";

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_published_example_reads_as_published_and_back() {
        let words = "topmost Istanbul Pluto vagabond treadmill Pacific brackish dictator goldfish Medusa afflict bravado \
                     chatter revolver Dupont midsummer stopwatch whimsical cowbell bottomless";
        let bytes = hex::decode("e58294f2e9a227486e8b061b31cc528fd7fa3f19").unwrap();
        assert_eq!(encode(&bytes), words);
        assert_eq!(decode(words), Ok(bytes));
    }

    #[test]
    fn every_byte_has_a_word_of_its_own_in_both_places() {
        let mut all = BTreeSet::new();
        for list in [TWO_SYLLABLES, THREE_SYLLABLES] {
            let words: Vec<String> = list.split(' ').map(str::to_ascii_lowercase).collect();
            assert_eq!(words.len(), 256);
            // Sorted, but for one pair that the published list has this way round.
            let pairs = words.iter().zip(words.iter().skip(1));
            let unsorted: Vec<_> = pairs.filter(|(a, b)| a > b).map(|(a, _)| a.as_str()).collect();
            assert!(unsorted.is_empty() || unsorted == ["applicant"], "{unsorted:?}");
            all.extend(words);
        }
        assert_eq!(all.len(), 512);
        let bytes: Vec<u8> = (0..=255).flat_map(|byte| [byte, byte]).collect();
        assert_eq!(decode(&encode(&bytes)), Ok(bytes));
        assert_eq!(decode(""), Ok(vec![]));
    }

    #[test]
    fn a_word_misheard_left_out_or_exchanged_is_said() {
        for (words, text) in [
            ("topmost Istanbul plutonium", "word 3: expected a word of two syllables, found `plutonium`"),
            (
                "topmost Pluto",
                "word 2: expected a word of three syllables, found `Pluto`: a word before it is missing or said twice",
            ),
            (
                "Istanbul",
                "word 1: expected a word of two syllables, found `Istanbul`: a word before it is missing or said twice",
            ),
        ] {
            assert_eq!(decode(words).unwrap_err().to_string(), text);
        }
    }
}
