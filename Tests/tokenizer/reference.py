"""What the two tokenizer programs share: the reference set up without a network, the probe, the texts.

The reference's vocabulary files are written from the tables that the program embeds, so nothing beside the project
is needed but the package tiktoken.
"""

import functools
import hashlib
import importlib.util
import os
import random
import struct
import subprocess
import tempfile
from importlib.machinery import SourceFileLoader
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
TABLES = PROJECT / "Sources" / "CTables"
NAMES = ("cl100k_base", "o200k_base")
ADDRESS = "https://openaipublic.blob.core.windows.net/encodings/%s.tiktoken"


def load_generator():
    loader = SourceFileLoader("make_tables", str(TABLES / "make-tables"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("make_tables", loader))
    loader.exec_module(module)
    return module


@functools.cache
def encoding(name):
    """The reference's encoding, read from a cache folder that was filled from our own table."""
    import tiktoken

    generator = load_generator()
    text = generator.tiktoken_text(str(TABLES / "tables" / (name + ".bpe")))
    digest = hashlib.sha256(text).hexdigest()
    if digest != generator.SHA256[name]:
        raise SystemExit("%s: the table holds another vocabulary, SHA-256 %s" % (name, digest))
    with tempfile.TemporaryDirectory() as folder:
        os.environ["TIKTOKEN_CACHE_DIR"] = folder
        Path(folder, hashlib.sha1((ADDRESS % name).encode()).hexdigest()).write_bytes(text)
        return tiktoken.get_encoding(name)


def probe(program, name, texts, *arguments):
    """The lines that the probe prints for the texts."""
    content = b"".join(struct.pack("<Q", len(text)) + text for text in (text.encode() for text in texts))
    run = subprocess.run([program, name, *arguments], input=content, stdout=subprocess.PIPE, check=True)
    return run.stdout.decode().splitlines()


# Texts of the project's own, long enough to have common and rare words.
PROSE = {
    "english": "The committee's report, which wasn't published until late in 2019, argued that we'd underestimated "
    "how quickly small harbours silt up. \"Don't dredge what you can't maintain,\" its author said; nobody listened. "
    "Fishermen remembered the old channel, its buoys and its unpredictable currents, and they'll tell you so today.\n\n"
    "Measured over twelve months the sediment grew by 3.75 centimetres, i.e. 1,250 tonnes. Engineers proposed three "
    "remedies: a breakwater, a sluice, and patience. Photosynthesis in the lagoon recovered remarkably well. ",
    "german": "Die Straßenbahnhaltestelle am Übergang wurde größtenteils erneuert; Fußgänger müssen währenddessen über "
    "die Brücke ausweichen. „Das dauert höchstens zwölf Wochen“, erklärte der Verkehrsausschussvorsitzende gestern. ",
    "french": "L'après-midi, l'élève qu'on n'attendait plus s'est présentée : « Où êtes-vous allés ? » Le cœur léger, "
    "elle répondit qu'aujourd'hui c'était déjà l'été, même à Besançon. ",
    "vietnamese": "Những người đánh cá thường trở về trước khi mặt trời mọc, và chợ họp ngay trên bến cảng cũ. ",
    "chinese": "去年秋天，委员会发表了一份关于港口淤积的报告，指出我们低估了泥沙沉积的速度。工程师提出了三种办法：修建防波堤、"
    "安装水闸，或者耐心等待。渔民们说：“不要疏浚你无法维护的航道。”潟湖里的光合作用恢复得相当好，2019年共测得沉积物1250吨。",
    "japanese": "港の砂がどれほど速く積もるかを、私たちは過小評価していた。報告書は「維持できないものを浚渫するな」と述べている。"
    "カタカナとひらがな、ｶﾞｷﾞｸﾞも混ぜておこう。",
    "korean": "작년 가을 위원회는 항구의 퇴적에 관한 보고서를 발표했다. 어부들은 옛 수로와 부표를 기억하고 있었다. ",
    "cyrillic": "Прошлой осенью комиссия опубликовала доклад о заилении небольших гаваней. Рыбаки помнили старый фарватер, "
    "его буи и непредсказуемые течения. «Не углубляйте того, чего не сможете содержать», — сказал автор. За двенадцать "
    "месяцев слой осадков вырос на 3,75 сантиметра. Їжак, ґанок, ўзровень, џеп. ",
    "greek": "Οι ψαράδες θυμόντουσαν το παλιό κανάλι, τις σημαδούρες και τα απρόβλεπτα ρεύματά του. ΌΛΑ ΚΕΦΑΛΑΊΑ. ",
    "arabic": "نشرت اللجنة في الخريف الماضي تقريرًا عن ترسّب الطمي في الموانئ الصغيرة، ولم يُصغِ أحدٌ إليها. ١٢٣٤٥ ",
    "hebrew": "הוועדה פרסמה בסתיו שעבר דו״ח על הצטברות הסחף בנמלים קטנים, וְאִישׁ לֹא הִקְשִׁיב. ",
    "hindi": "समिति ने पिछली शरद ऋतु में छोटे बंदरगाहों में गाद जमने पर एक रिपोर्ट प्रकाशित की। १२३४५ ",
    "thai": "คณะกรรมการเผยแพร่รายงานเกี่ยวกับการทับถมของตะกอนในท่าเรือขนาดเล็กเมื่อฤดูใบไม้ร่วงที่แล้ว ๑๒๓ ",
    "georgian": "კომისიამ შარშან შემოდგომაზე გამოაქვეყნა მოხსენება. ᲒᲐᲛᲐᲠᲯᲝᲑᲐ ",
    "armenian": "Ձկնորսները հիշում էին հին ջրանցքը։ ",
    "amharic": "ኮሚቴው ባለፈው መኸር ዘገባ አሳተመ። ",
    "emoji": "👩‍👩‍👧‍👦👍🏽🇩🇪🇫🇷 🏴󠁧󠁢󠁳󠁣󠁴󠁿 ❤️‍🔥 1️⃣ 🧑🏿‍🚀🚀✨ 😂😂😂 🤷🏼‍♀️ ok 👌🏻! 🥳🎉 ☕️ → ✅ ",
}
CODE = '''
    def __init__(self, *, retries: int = 3, timeoutSeconds=0.25):
        """Keep it simple."""
        self._items = {k: v for k, v in zip("abc", range(10)) if v % 2 != 0}  # TODO(me): tidy

static inline uint64_t hash64(const uint8_t *p, size_t n) {
\tuint64_t h = 0xcbf29ce484222325ULL;
\tfor (size_t i = 0; i < n; i++) { h ^= p[i]; h *= 0x100000001b3; }
\treturn h;
}
<div class="row"><a href="https://example.org/a/b?c=d&e=%20f#g">XMLHttpRequest</a></div>\r\n
SELECT id, COUNT(*) FROM usage_log WHERE created_at >= '2024-01-31T00:00:00Z' GROUP BY 1 ORDER BY 2 DESC;
{"model":"gpt-4o","messages":[{"role":"user","content":"Hi!\\n"}],"temperature":0.70,"stream":true}
let value = try parser.parseHTTPHeader(from: &buffer) ?? .init() // isn't it?
'''


def long_prose(kind, size, seed=1):
    """A text of about `size` bytes: the kind's words in changing order, so that it is no mere repetition."""
    source, generator = CODE if kind == "code" else PROSE[kind], random.Random(seed)
    lines = source.split("\n") if kind == "code" else source.split(" ")
    parts, length = [], 0
    while length < size:
        start = generator.randrange(len(lines))
        part = ("\n" if kind == "code" else " ").join(lines[start : start + generator.randrange(1, 30)])
        parts.append(part)
        length += len(part.encode()) + 1
    return ("\n" if kind == "code" else " ").join(parts)
