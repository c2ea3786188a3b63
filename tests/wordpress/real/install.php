<?php
// Makes an empty database into a site, as the last page of WordPress' own installer does.
define( 'WP_INSTALLING', true );
function wp_new_blog_notification() {} // no mail leaves a test
require getenv( 'WORDPRESS_TREE' ) . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
wp_install( 'Agence Réelle', 'admin', 'admin@real-wordpress.example', true, '', wp_generate_password(), 'fr_FR' );
update_option( 'timezone_string', 'Europe/Paris' );
global $wp_rewrite;
$wp_rewrite->set_permalink_structure( '/%postname%/' );
$wp_rewrite->flush_rules( false );
