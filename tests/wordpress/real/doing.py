"""What the administrator of a WordPress site does, done by WordPress' own functions."""

from pathlib import Path

from tests.wordpress.real.site import RealWordPress

UPGRADER = """
foreach ( array( 'file', 'misc', 'plugin', 'class-wp-upgrader' ) as $name ) {
	require_once ABSPATH . "wp-admin/includes/$name.php";
}
function done_or_die( $result ) {
	if ( is_wp_error( $result ) ) {
		fwrite( STDERR, implode( ' ', $result->get_error_messages() ) );
		exit( 1 );
	}
}
"""
INSTALL = """
$upgrader = new Plugin_Upgrader( new Automatic_Upgrader_Skin() );
if ( true !== $upgrader->install( $given, array( 'overwrite_package' => true ) ) ) {
	fwrite( STDERR, implode( ' ', $upgrader->skin->get_upgrade_messages() ) );
	exit( 1 );
}
echo $upgrader->plugin_info();
"""
ACTIVATE = "done_or_die( activate_plugin( $given ) );"
DEACTIVATE = "deactivate_plugins( $given );"
ADD = """
$id = wp_insert_post( wp_slash( $given ), true );
done_or_die( $id );
echo get_permalink( $id );
"""
CHANGE = """
$post = get_post( url_to_postid( $given['url'] ) );
foreach ( $given['fields'] as $field => $value ) {
	update_post_meta( $post->ID, $field, $value );
}
"""
TRASH = "wp_trash_post( url_to_postid( $given ) );"
CLEAR = """
foreach ( get_posts( array(
	'post_type' => 'bien', 'post_status' => array( 'publish', 'trash' ), 'numberposts' => -1,
) ) as $post ) {
	wp_delete_post( $post->ID, true );
}
"""


def install(site: RealWordPress, archive: Path) -> str:
    """Uploads a plugin's zip, also in place of an older version; returns the plugin's file as WordPress names it.

    `RuntimeError` if it refuses.
    """
    return site.php(UPGRADER + INSTALL, str(archive))


def activate(site: RealWordPress, plugin: str) -> None:
    """`RuntimeError` with WordPress' words where it refuses, for too old a WordPress for example."""
    site.php(UPGRADER + ACTIVATE, plugin)
    # In a run of its own: only then the plugin's post types are there.
    site.php("flush_rewrite_rules( false );")


def deactivate(site: RealWordPress, plugin: str) -> None:
    site.php(UPGRADER + DEACTIVATE, plugin)


def add_page(site: RealWordPress, title: str, content: str) -> str:
    """A published page's address."""
    return _add(site, post_type="page", post_title=title, post_content=content)


def add_estate(site: RealWordPress, title: str, *, reference: str, price: str, status: str) -> str:
    """A published estate's address; needs the test's own plugin."""
    fields = {"reference": reference, "prix": price, "statut": status}
    return _add(site, post_type="bien", post_title=title, post_content="", meta_input=fields)


def change_estate(site: RealWordPress, url: str, **fields: str) -> None:
    """`prix` and `statut`, as the page shall show them."""
    site.php(CHANGE, {"url": url, "fields": fields})


def trash_estate(site: RealWordPress, url: str) -> None:
    """Visitors get what WordPress finds instead: a page with a similar address, else "not found"."""
    site.php(TRASH, url)


def remove_estates(site: RealWordPress) -> None:
    site.php(CLEAR)


def _add(site: RealWordPress, **post: object) -> str:
    return site.php(UPGRADER + ADD, {"post_status": "publish", **post})
